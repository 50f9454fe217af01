using System.Text.RegularExpressions;
using SmolLM3.Batch.Documents;

namespace SmolLM3.Batch.Tasks.Rendering;

/// <summary>The document's text as people read it: Markdown without the marks of emphasis and code.</summary>
internal static partial class SourceText
{
    public static string Readable(string text, SourceFormat format) => format == SourceFormat.Markdown ? Marks().Replace(text, "") : text;

    // A lone asterisk between spaces is an asterisk; one at a word's edge is emphasis.
    [GeneratedRegex(@"\*\*|__|`+|(?<=\S)\*|\*(?=\S)")]
    private static partial Regex Marks();
}
