namespace SmolLM3.Batch.Batches;

/// <summary>A field of a line is wrong.</summary>
internal sealed class ChatFieldException(string code, string message, string? param = null) : Exception(message)
{
    public string Code { get; } = code;

    public string? Param { get; } = param;
}
