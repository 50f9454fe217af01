namespace SmolLM3.Batch.Tasks;

/// <summary>
/// A task request is wrong: an unknown type or option, or a value that cannot be. The message names it and what is allowed.
/// </summary>
public sealed class InvalidTaskException(string message) : Exception(message);
