namespace SmolLM3.Inference.Constraints;

/// <summary>A schema cannot be turned into a constraint.</summary>
public sealed class JsonSchemaException : Exception
{
    internal JsonSchemaException(string message, string pointer, string? keyword = null, Exception? cause = null)
        : base($"JSON Schema, at '#{pointer}': {message}", cause)
    {
        Pointer = pointer;
        Keyword = keyword;
    }

    /// <summary>Where in the schema, as a JSON Pointer (RFC 6901).</summary>
    public string Pointer { get; }

    /// <summary>The keyword that is to blame, if it is one.</summary>
    public string? Keyword { get; }
}
