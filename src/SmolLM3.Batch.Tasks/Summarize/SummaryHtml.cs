using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Tasks.Rendering;

namespace SmolLM3.Batch.Tasks.Summarize;

/// <summary>A summary as a page.</summary>
internal static class SummaryHtml
{
    public static string Render(SummaryResult result, Document document) =>
        HtmlPage.Render("Summary", result.Headline, result.Header, html =>
    {
        if (result.Focus is not null) html.Open("p", ("class", "focus")).Element("strong", "Question: ").Text(result.Focus).Close();
        if (result.Overview is not null) html.Element("p", result.Overview, ("class", "lead"));
        foreach (var section in result.Sections)
        {
            if (section.Title is not null) html.Element("h2", section.Title);
            else if (result.Style is "executive") html.Element("h2", "Key points");
            bool prose = result.Style == "plain";
            if (!prose) html.Open("ul", ("class", "points"));
            foreach (var point in section.Points) WritePoint(html, point, prose ? "p" : "li", document.Format);
            if (!prose) html.Close();
        }

        SourceView.Write(
            html, document, [.. result.Sections.SelectMany(section => section.Points).SelectMany(point => point.Citations)],
            markWords: false);
    });

    private static void WritePoint(HtmlWriter html, CitedPoint point, string tag, SourceFormat format)
    {
        html.Open(tag).Text(SourceText.Readable(point.Text, format));
        foreach (var citation in point.Citations)
        {
            html.Element(
                "a", SourceView.Short(citation), ("class", "cite"), ("href", "#" + SourceView.Anchor(citation)),
                ("title", SourceView.Place(citation)));
        }

        if (!point.Verified)
        {
            html.Text(" ").Element(
                "span", "not confirmed", ("class", "tag"), (
                    "title", "The cited paragraphs do not contain the words and numbers of this point."));
        }

        html.Close();
    }
}
