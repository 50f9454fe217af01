namespace SmolLM3.Batch.Pipeline;

/// <summary>A later attempt has the job: what this one computed is not wanted any more.</summary>
internal sealed class ClaimLostException(string message) : Exception(message);
