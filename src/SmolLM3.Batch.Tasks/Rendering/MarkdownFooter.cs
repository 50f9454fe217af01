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
        text.Append(CultureInfo.InvariantCulture, $"*{MarkdownEscape.Inline(header.Document.Name)}, {100 * header.Coverage:0.#} % read by {MarkdownEscape.Inline(header.Model.Name)}, {header.GeneratedAt:yyyy-MM-dd}.*\n");
        return text.ToString();
    }
}
