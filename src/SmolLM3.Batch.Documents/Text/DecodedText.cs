namespace SmolLM3.Batch.Documents.Text;

/// <summary>Text that was bytes.</summary>
/// <param name="Text">The text; line ends are <c>\n</c>.</param>
/// <param name="Warnings">What its reader should be told: that its encoding was guessed.</param>
internal readonly record struct DecodedText(string Text, IReadOnlyList<string> Warnings);
