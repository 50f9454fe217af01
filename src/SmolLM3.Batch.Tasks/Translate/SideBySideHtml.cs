using SmolLM3.Batch.Tasks.Rendering;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>Source and translation side by side, segment by segment.</summary>
internal static class SideBySideHtml
{
    public static string Render(TranslateResult result, Language source, Language target) =>
        HtmlPage.Render("Translation", result.Header.Document.Title ?? result.Header.Document.Name, result.Header, html =>
        {
            WriteTerms(html, result);
            html.Open("table", ("class", "sides")).Open("thead").Open("tr");
            html.Element("th", source.Name).Element("th", target.Name).Close().Close().Open("tbody");
            foreach (var segment in result.Segments)
            {
                string kind = segment.Kind.ToString().ToLowerInvariant();
                html.Open("tr", ("class", segment.Verified ? kind : kind + " kept"));
                html.Element("td", segment.Source, ("lang", source.Code));
                html.Open("td", ("lang", segment.Verified ? target.Code : source.Code)).Text(segment.Target);
                if (!segment.Verified)
                {
                    html.Text(" ").Element(
                        "span", "not translated", ("class", "tag medium"), (
                            "title", "The translation lost a number, a placeholder or its text."));
                }

                html.Close().Close();
            }

            html.Close().Close();
        }, pageClass: "wide");

    private static void WriteTerms(HtmlWriter html, TranslateResult result)
    {
        if (result.Terms.Count == 0) return;
        html.Open("details").Element("summary", $"Terms ({result.Terms.Count})").Open("dl", ("class", "facts"));
        foreach (var term in result.Terms)
        {
            html.Element("dt", term.Term).Open("dd").Text(term.Translation);
            if (term.Missing.Count > 0)
                html.Text(" ").Element("span", $"not in {term.Missing.Count} of {term.Occurrences}", ("class", "tag medium"));
            html.Close();
        }

        html.Close().Close();
    }
}
