namespace SmolLM3.Batch.Documents;

/// <summary>Why a document cannot be read.</summary>
public enum DocumentFault
{
    /// <summary>It has no text at all.</summary>
    Empty,

    /// <summary>A limit of <see cref="DocumentLimits"/> is exceeded.</summary>
    TooLarge,

    /// <summary>It takes longer to read than <see cref="DocumentLimits.Timeout"/>.</summary>
    TooSlow,

    /// <summary>It nests deeper than <see cref="DocumentLimits.MaxDepth"/>.</summary>
    TooDeep,

    /// <summary>Its format is not one of those supported.</summary>
    Unsupported,

    /// <summary>It is damaged, or not what its name says.</summary>
    Corrupt,

    /// <summary>It is protected by a password.</summary>
    Encrypted,

    /// <summary>It holds pictures of text but no text.</summary>
    ImageOnly,

    /// <summary>A program that reading it needs is not installed.</summary>
    ToolMissing,
}
