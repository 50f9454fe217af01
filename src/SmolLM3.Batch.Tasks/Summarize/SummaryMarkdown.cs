using System.Text;
using SmolLM3.Batch.Tasks.Evidence;
using SmolLM3.Batch.Tasks.Rendering;

namespace SmolLM3.Batch.Tasks.Summarize;

/// <summary>A summary as Markdown.</summary>
internal static class SummaryMarkdown
{
    public static string Render(SummaryResult result)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(MarkdownEscape.Inline(result.Headline)).Append("\n\n");
        if (result.Overview is not null) text.Append(MarkdownEscape.Inline(result.Overview)).Append("\n\n");
        foreach (var section in result.Sections)
        {
            if (section.Title is not null) text.Append("## ").Append(MarkdownEscape.Inline(section.Title)).Append("\n\n");
            foreach (var point in section.Points)
            {
                text.Append(result.Style == "plain" ? "" : "- ").Append(MarkdownEscape.Inline(point.Text)).Append(Citations(point));
                text.Append(result.Style == "plain" ? "\n\n" : "\n");
            }

            if (result.Style != "plain") text.Append('\n');
        }

        return MarkdownFooter.Append(text, result.Header);
    }

    private static string Citations(CitedPoint point)
    {
        string places = string.Join("; ", point.Citations.Select(SourceView.Place));
        if (!point.Verified) places = places.Length == 0 ? "not confirmed" : places + "; not confirmed";
        return places.Length == 0 ? "" : $" *({MarkdownEscape.Inline(places)})*";
    }
}
