using System.Globalization;
using System.Text;
using SmolLM3.Batch.Tasks.Results;

namespace SmolLM3.Batch.Tasks.Rendering;

/// <summary>The last lines of every Markdown result.</summary>
internal static class MarkdownFooter
{
    public static string Append(StringBuilder text, ResultHeader header)
    {
        text.Append("---\n\n");
        foreach (string warning in header.Warnings) text.Append("> **Note:** ").Append(MarkdownEscape.Inline(warning)).Append("\n\n");
        string document = MarkdownEscape.Inline(header.Document.Name);
        string model = MarkdownEscape.Inline(header.Model.Name);
        text.Append(
            CultureInfo.InvariantCulture,
            $"*{document}, {100 * header.Coverage:0.#} % read by {model}, {header.GeneratedAt:yyyy-MM-dd}.*\n");
        return text.ToString();
    }
}
