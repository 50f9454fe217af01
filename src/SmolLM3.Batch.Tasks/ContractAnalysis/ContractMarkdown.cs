using System.Text;
using SmolLM3.Batch.Tasks.Evidence;
using SmolLM3.Batch.Tasks.Rendering;
using static SmolLM3.Batch.Tasks.Rendering.MarkdownEscape;

namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>A contract analysis as Markdown. Only verified findings are in it.</summary>
internal static class ContractMarkdown
{
    public static string Render(ContractResult result)
    {
        var text = new StringBuilder();
        text.Append("# Contract analysis: ").Append(Inline(result.Title ?? result.Header.Document.Name)).Append("\n\n");
        text.Append("**Type:** ").Append(ContractLabels.Type(result)).Append("\n\n");
        WriteFacts(text, result);
        WritePlaybook(text, result);
        WriteObligations(text, result);
        foreach (var (group, clauses) in ContractLabels.Groups(result))
        {
            text.Append("## ").Append(ContractLabels.Group(group)).Append("\n\n");
            foreach (var (category, finding) in clauses) WriteClause(text, category, finding);
        }

        var absent = ContractLabels.Absent(result);
        if (absent.Count > 0) text.Append("## Not found\n\n").Append(Inline(string.Join(", ", absent))).Append(".\n\n");
        return MarkdownFooter.Append(text, result.Header);
    }

    private static void WriteFacts(StringBuilder text, ContractResult result)
    {
        foreach (var party in result.Parties.Where(party => party.Verified))
        {
            text.Append("- **Party:** ").Append(Inline(party.Name));
            if (party.Role.Length > 0) text.Append(", ").Append(Inline(party.Role));
            text.Append(Place(party.Source!)).Append('\n');
        }

        foreach (var (label, term) in ContractLabels.Terms(result.Terms))
        {
            text.Append("- **").Append(label).Append(":** ").Append(Inline(term.Text)).Append(Place(term.Source)).Append('\n');
        }

        foreach (var amount in result.Amounts.Where(amount => amount.Verified))
        {
            text.Append("- **Amount:** ").Append(Inline(amount.Quote)).Append(", ").Append(Inline(amount.Purpose))
                .Append(Place(amount.Source!)).Append('\n');
        }

        text.Append('\n');
    }

    private static void WritePlaybook(StringBuilder text, ContractResult result)
    {
        if (result.Playbook.Count == 0) return;
        text.Append("## Playbook\n\n| Clause | Verdict | Severity | Why |\n| --- | --- | --- | --- |\n");
        foreach (var check in result.Playbook)
        {
            text.Append("| ").Append(Inline(check.Category)).Append(" | ").Append(ContractLabels.Verdict(check.Verdict)).Append(" | ")
                .Append(ContractLabels.Risk(check.Severity)).Append(" | ").Append(Inline(check.Explanation)).Append(" |\n");
        }

        text.Append('\n');
    }

    private static void WriteObligations(StringBuilder text, ContractResult result)
    {
        var verified = result.Obligations.Where(obligation => obligation.Verified).ToList();
        if (verified.Count == 0) return;
        text.Append("## Obligations\n\n");
        foreach (var party in verified.GroupBy(obligation => obligation.Party))
        {
            text.Append("### ").Append(Inline(party.Key.Length > 0 ? party.Key : "Unnamed party")).Append("\n\n");
            foreach (var obligation in party)
                text.Append("- ").Append(Inline(obligation.Duty)).Append(Place(obligation.Source!)).Append('\n');
            text.Append('\n');
        }
    }

    private static void WriteClause(StringBuilder text, string category, ClauseFinding finding)
    {
        text.Append("### ").Append(Inline(category)).Append(" (risk: ").Append(ContractLabels.Risk(finding.Risk)).Append(")\n\n");
        text.Append("> ").Append(Inline(finding.Quote)).Append("\n\n");
        text.Append(Inline(finding.Reading)).Append(Place(finding.Source!)).Append("\n\n");
        if (finding.RiskReason.Length > 0) text.Append("Risk: ").Append(Inline(finding.RiskReason)).Append("\n\n");
    }

    private static string Place(SourceSpan source) => $" *({Inline(SourceView.Place(source))})*";
}
