using System.Globalization;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Tasks.Evidence;
using SmolLM3.Batch.Tasks.Rendering;

namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>A contract analysis as a page. Only verified findings are in it.</summary>
internal static class ContractHtml
{
    public static string Render(ContractResult result, Document document) =>
        HtmlPage.Render("Contract analysis", result.Title ?? document.Name, result.Header, html =>
        {
            var shown = new List<SourceSpan>();
            WriteTiles(html, result);
            WriteFacts(html, result, shown);
            WritePlaybook(html, result, shown);
            WriteClauses(html, result, document, shown);
            WriteObligations(html, result, shown);
            WriteAbsent(html, result);
            SourceView.Write(html, document, shown);
        });

    private static void WriteTiles(HtmlWriter html, ContractResult result)
    {
        var clauses = ContractLabels.Groups(result).SelectMany(group => group.Clauses).ToList();
        html.Open("ul", ("class", "tiles"));
        foreach (var risk in new[] { RiskLevel.High, RiskLevel.Medium, RiskLevel.Low })
        {
            Tile(
                html, ContractLabels.Risk(risk), clauses.Count(clause => clause.Finding.Risk == risk), $"{ContractLabels.Risk(risk)} risk");
        }

        Tile(html, null, result.Clauses.Count(clause => clause.Present), $"of {result.Clauses.Count} categories found");
        if (result.Playbook.Count > 0)
        {
            Tile(
                html, null, result.Playbook.Count(check => check.Verdict != PlaybookVerdict.Meets),
                $"of {result.Playbook.Count} playbook rules not met");
        }

        html.Close();
    }

    private static void Tile(HtmlWriter html, string? style, int number, string label) =>
        html.Open("li", ("class", style)).Element("b", number.ToString(CultureInfo.InvariantCulture)).Text(label).Close();

    private static void WriteFacts(HtmlWriter html, ContractResult result, List<SourceSpan> shown)
    {
        html.Element("h2", "At a glance").Open("dl", ("class", "facts"));
        html.Element("dt", "Type").Element("dd", ContractLabels.Type(result));
        var parties = result.Parties.Where(party => party.Verified).ToList();
        if (parties.Count > 0) html.Element("dt", parties.Count == 1 ? "Party" : "Parties").Open("dd");
        foreach (var party in parties)
        {
            html.Open("p").Element("strong", party.Name);
            if (party.Role.Length > 0) html.Text(", " + party.Role);
            Cite(html, party.Source!, shown);
            html.Close();
        }

        if (parties.Count > 0) html.Close();
        foreach (var (label, term) in ContractLabels.Terms(result.Terms))
        {
            html.Element("dt", label).Open("dd");
            if (term.Date is { } date) html.Element("strong", date.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)).Text(" · ");
            html.Text(term.Text);
            Cite(html, term.Source, shown);
            html.Close();
        }

        var amounts = result.Amounts.Where(amount => amount.Verified).ToList();
        if (amounts.Count > 0) html.Element("dt", "Amounts").Open("dd");
        foreach (var amount in amounts)
        {
            html.Open("p").Element("strong", amount.Quote);
            if (amount.Purpose.Length > 0) html.Text(" · " + amount.Purpose);
            Cite(html, amount.Source!, shown);
            html.Close();
        }

        if (amounts.Count > 0) html.Close();
        html.Close();
    }

    private static void WritePlaybook(HtmlWriter html, ContractResult result, List<SourceSpan> shown)
    {
        if (result.Playbook.Count == 0) return;
        html.Element("h2", "Playbook");
        foreach (var check in result.Playbook.OrderBy(
            check => check.Verdict == PlaybookVerdict.Meets).ThenByDescending(check => check.Severity))
        {
            bool met = check.Verdict == PlaybookVerdict.Meets;
            string severity = ContractLabels.Risk(check.Severity);
            html.Open("article", ("class", "card " + (met ? "low" : severity))).Open("header").Element("h3", check.Category).Open("span");
            html.Element("span", ContractLabels.Verdict(check.Verdict), ("class", "tag " + (met ? "low" : severity)));
            if (!met) html.Text(" ").Element("span", severity + " severity", ("class", "tag"));
            html.Close().Close();
            html.Open("p").Text(check.Explanation);
            foreach (var source in check.Sources) Cite(html, source, shown);
            html.Close();
            html.Open("p", ("class", "meta")).Element("strong", "Position: ").Text(check.Position).Close();
            if (check.Fallback is not null) html.Open("p", ("class", "meta")).Element("strong", "Fallback: ").Text(check.Fallback).Close();
            html.Close();
        }
    }

    private static void WriteClauses(HtmlWriter html, ContractResult result, Document document, List<SourceSpan> shown)
    {
        foreach (var (group, clauses) in ContractLabels.Groups(result))
        {
            html.Element("h2", ContractLabels.Group(group));
            foreach (var (category, finding) in clauses)
            {
                string risk = ContractLabels.Risk(finding.Risk);
                html.Open("article", ("class", "card " + risk));
                html.Open("header").Element("h3", category).Element("span", risk + " risk", ("class", "tag " + risk)).Close();
                string quote = SourceText.Readable(finding.Quote, document.Format);
                html.Open("blockquote").Element(
                    "a", quote, ("href", "#" + SourceView.Anchor(finding.Source!)), ("title", "Show in the source")).Close();
                if (finding.Reading.Length > 0) html.Element("p", finding.Reading);
                if (finding.RiskReason.Length > 0) html.Open("p").Element("strong", "Why: ").Text(finding.RiskReason).Close();
                html.Open("p", ("class", "place")).Element(
                    "a", SourceView.Place(finding.Source!), ("href", "#" + SourceView.Anchor(finding.Source!))).Close();
                html.Close();
                shown.Add(finding.Source!);
            }
        }
    }

    private static void WriteObligations(HtmlWriter html, ContractResult result, List<SourceSpan> shown)
    {
        var verified = result.Obligations.Where(obligation => obligation.Verified).ToList();
        if (verified.Count == 0) return;
        html.Element("h2", "Obligations").Open("table").Open("thead").Open("tr");
        html.Element("th", "Party").Element("th", "Duty").Element("th", "Source").Close().Close().Open("tbody");
        foreach (var obligation in verified.OrderBy(obligation => obligation.Party, StringComparer.OrdinalIgnoreCase))
        {
            html.Open("tr").Element("td", obligation.Party).Element("td", obligation.Duty).Open("td");
            Cite(html, obligation.Source!, shown);
            html.Close().Close();
        }

        html.Close().Close();
    }

    private static void WriteAbsent(HtmlWriter html, ContractResult result)
    {
        var absent = ContractLabels.Absent(result);
        if (absent.Count == 0) return;
        html.Element("h2", "Not found").Open("ul", ("class", "absent"));
        foreach (string category in absent) html.Element("li", category);
        html.Close();
    }

    private static void Cite(HtmlWriter html, SourceSpan source, List<SourceSpan> shown)
    {
        shown.Add(source);
        html.Text(" ").Element(
            "a", SourceView.Short(source), ("class", "cite"), ("href", "#" + SourceView.Anchor(source)),
            ("title", SourceView.Place(source)));
    }
}
