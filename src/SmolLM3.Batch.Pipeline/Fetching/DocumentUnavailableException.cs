namespace SmolLM3.Batch.Pipeline;

/// <summary>A job's document cannot be had, now or later.</summary>
public sealed class DocumentUnavailableException(string code, string message) : Exception(message)
{
    /// <summary>One of <see cref="Jobs.ErrorCodes"/>.</summary>
    public string Code { get; } = code;
}
