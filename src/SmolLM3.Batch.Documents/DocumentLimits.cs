namespace SmolLM3.Batch.Documents;

/// <summary>Bounds on what a document may cost to read. A worker takes them from the configuration section <c>Documents</c>.</summary>
public sealed record DocumentLimits
{
    /// <summary>Most bytes of a document as it was uploaded.</summary>
    public long MaxBytes { get; init; } = 64 << 20;

    /// <summary>Most bytes that a compressed document may unpack to.</summary>
    public long MaxExpandedBytes { get; init; } = 256 << 20;

    /// <summary>Most characters of text.</summary>
    public int MaxCharacters { get; init; } = 8_000_000;

    /// <summary>Deepest nesting of elements, lists or quotations.</summary>
    public int MaxDepth { get; init; } = 256;

    /// <summary>Longest time that reading may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(9);

    /// <summary>Most bytes of address space that pdftotext may use.</summary>
    public long MaxToolMemory { get; init; } = 1L << 30;

    /// <summary>The program that extracts text from PDF: a path, or a name to look up in PATH.</summary>
    public string PdfToText { get; init; } = "pdftotext";

    /// <summary>Checks that every limit makes sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit is not positive.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxExpandedBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxCharacters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxDepth);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxToolMemory);
        ArgumentException.ThrowIfNullOrWhiteSpace(PdfToText);
    }
}
