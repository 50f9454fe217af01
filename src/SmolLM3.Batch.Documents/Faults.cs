namespace SmolLM3.Batch.Documents;

/// <summary>The errors that more than one reader reports.</summary>
internal static class Faults
{
    public static DocumentException Empty(string name) => new(
        DocumentFault.Empty, $"'{name}' has no text. Check that the upload was complete and that the file is the one you meant.");

    public static DocumentException TooManyBytes(string name, DocumentLimits limits) => new(
        DocumentFault.TooLarge,
        $"'{name}' is larger than {limits.MaxBytes:N0} bytes. Split it, or raise {nameof(DocumentLimits.MaxBytes)}.");

    public static DocumentException TooManyCharacters(string name, DocumentLimits limits) => new(
        DocumentFault.TooLarge,
        $"'{name}' has more than {limits.MaxCharacters:N0} characters of text. Split it, or raise {nameof(DocumentLimits.MaxCharacters)}.");

    public static DocumentException TooSlow(string name, DocumentLimits limits) => new(
        DocumentFault.TooSlow,
        $"'{name}' could not be read within {limits.Timeout.TotalSeconds:0.#} seconds. Simplify or split it, or raise {nameof(DocumentLimits.Timeout)}.");

    public static DocumentException TooDeep(string name, DocumentLimits limits) => new(
        DocumentFault.TooDeep,
        $"'{name}' nests deeper than {limits.MaxDepth:N0} levels. Flatten it, or raise {nameof(DocumentLimits.MaxDepth)}.");

    public static DocumentException Corrupt(string name, string what, Exception? inner = null) => new(
        DocumentFault.Corrupt,
        $"'{name}' cannot be read as {what}: it is damaged or of another format. Open it in its own program and save it again.", inner);
}
