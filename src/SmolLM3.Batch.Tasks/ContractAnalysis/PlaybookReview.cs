using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Evidence;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>
/// Judges the verified clauses by the playbook, all rules in one batch. A rule whose clause was not found is reported as missing.
/// </summary>
internal sealed class PlaybookReview(TaskContext context)
{
    private const int LongestClause = 2400;
    private const int AnswerTokens = 96;

    public async Task<IReadOnlyList<PlaybookCheck>> ReviewAsync(
        IReadOnlyList<PlaybookRule> rules, IReadOnlyList<ClauseReport> clauses, CancellationToken cancellationToken)
    {
        var sources = rules.Select(rule => Sources(clauses, rule)).ToList();
        var asked = Enumerable.Range(0, rules.Count).Where(i => sources[i].Count > 0).ToList();
        var completions = await context.CompleteAsync(
            [.. asked.Select(i => Request(rules[i], sources[i]))], cancellationToken).ConfigureAwait(false);

        var checks = rules.Select(
            (rule, i) => Check(rule, PlaybookVerdict.Missing, "No such clause was found in the document.", sources[i])).ToArray();
        for (int i = 0; i < asked.Count; i++)
        {
            var answer = AnswerReader.Read(context, completions[i]);
            var verdict = EnumText.Parse(answer.Text("verdict"), PlaybookVerdict.Deviates);
            checks[asked[i]] = Check(rules[asked[i]], verdict, answer.Text("explanation"), sources[asked[i]]);
        }

        return checks;
    }

    private CompletionRequest Request(PlaybookRule rule, IReadOnlyList<SourceSpan> sources) => new()
    {
        Messages = ContractPrompts.RuleMessages(rule, ClauseText(sources)),
        MaxTokens = AnswerTokens,
        JsonSchema = ContractPrompts.RuleSchema(rule),
    };

    /// <summary>The whole paragraphs, for a quote alone may leave out the exception that follows it.</summary>
    private string ClauseText(IReadOnlyList<SourceSpan> sources)
    {
        var document = context.Document;
        int limit = Math.Min(LongestClause, context.Model.Info.ContextLength);
        var paragraphs = sources.Select(source => source.Paragraph - 1).Distinct().Order()
            .Select(index => document.TextOf(document.Blocks[index]).ToString());
        string text = string.Join("\n", paragraphs);
        if (text.Length <= limit) return text;
        string quoted = string.Join("\n", sources.Select(source => document.Text[source.Start..source.End]));
        if (quoted.Length <= limit) return quoted;
        context.Warn(
            "At least one playbook rule was judged by the beginning of its clauses only: they are longer than one question holds.");
        return quoted[..limit];
    }

    private static IReadOnlyList<SourceSpan> Sources(IReadOnlyList<ClauseReport> clauses, PlaybookRule rule) =>
        [.. clauses.First(clause => clause.Category == rule.Category.Name).Findings.Where(finding => finding.Verified).Select(finding => finding.Source!)];

    private static PlaybookCheck Check(PlaybookRule rule, PlaybookVerdict verdict, string explanation, IReadOnlyList<SourceSpan> sources) =>
        new(rule.Category.Name, rule.Severity, verdict, explanation, rule.Position, rule.Fallback, sources);
}
