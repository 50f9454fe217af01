using System.Text.Json.Nodes;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Evidence;
using SmolLM3.Batch.Tasks.Planning;
using SmolLM3.Batch.Tasks.Results;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>
/// Asks every part of the contract all groups of questions at once, merges the answers, then judges them by the playbook.
/// </summary>
internal sealed class ContractRun(ContractOptions options) : ITaskRun
{
    public async Task<TaskOutcome> RunAsync(TaskContext context, CancellationToken cancellationToken)
    {
        var sizes = ContractSizes.For(new ContextBudget(context.Model.Info), context.Model.CountTokens(context.Document.Text));
        var questions = Questions(sizes);
        var plan = context.Session.PlanFor(questions.Select(question => question.Text), sizes.LongestAnswer);
        var requests = plan.Chunks.SelectMany(chunk => questions.Select(question => (chunk, new CompletionRequest
        {
            Messages = plan.Ask(chunk, question.Text),
            MaxTokens = question.Tokens,
            JsonSchema = question.Schema,
        }))).ToList();
        var completions = await context.AskAsync(requests, cancellationToken).ConfigureAwait(false);

        var answers = completions.Select(completion => AnswerReader.Read(context, completion)).Chunk(questions.Count);
        var parts = plan.Chunks.Zip(answers, (chunk, answer) =>
            ContractAnswers.Read(
                context.Quotes, chunk, sizes.Quote, facts: answer[0], obligations: answer[1], clauses: answer[2..])).ToList();
        var (title, titleSource) = Title(context, parts);
        var parties = ContractMerger.Parties(parts);
        var clauses = ContractMerger.Clauses(parts, titleSource, title, parties);
        var checks = await new PlaybookReview(context).ReviewAsync(options.Playbook, clauses, cancellationToken).ConfigureAwait(false);

        double coverage = plan.Coverage(context.Document);
        var amounts = ContractMerger.Amounts(parts);
        var obligations = ContractMerger.Obligations(parts);
        WarnOfUnverified(context, parties, amounts, obligations, clauses);
        var result = new ContractResult(
            ResultHeader.Create(context, plan.Chunks.Count, coverage),
            ContractMerger.DocumentType(parts, context.Document.Text),
            titleSource is null ? null : title,
            parties,
            ContractTermsReader.Read(clauses),
            amounts,
            obligations,
            clauses,
            checks);
        return new TaskOutcome(ContractFiles.Render(result, context.Document), coverage);
    }

    private static List<Question> Questions(ContractSizes sizes) =>
    [
        new(ContractPrompts.FactsQuestion, ContractPrompts.FactsSchema(sizes), sizes.FactTokens),
        new(ContractPrompts.ObligationsQuestion(sizes), ContractPrompts.ObligationsSchema(sizes), sizes.ObligationTokens),
        .. ClauseCategories.Asked.Select(group =>
            new Question(
                ContractPrompts.ClausesQuestion(group, sizes), ContractPrompts.ClausesSchema(group, sizes), sizes.ClauseTokens(group))),
    ];

    /// <summary>The title that the model copied and that stands in the document, or else the document's own first heading.</summary>
    private static (string? Title, SourceSpan? Source) Title(TaskContext context, IReadOnlyList<ContractFindings> parts)
    {
        foreach (string title in parts.Select(part => part.Title).OfType<string>())
        {
            if (context.Quotes.FindName(title) is { } source) return (title, source);
        }

        return context.Document.Title is { } heading && context.Quotes.FindName(heading) is { } found ? (heading, found) : (null, null);
    }

    private static void WarnOfUnverified(
        TaskContext context, IEnumerable<Party> parties, IEnumerable<Amount> amounts, IEnumerable<Obligation> obligations,
        IEnumerable<ClauseReport> clauses)
    {
        int unverified = parties.Count(party => !party.Verified) + amounts.Count(amount => !amount.Verified)
            + obligations.Count(obligation => !obligation.Verified) + clauses.Sum(clause => clause.Findings.Count(finding => !finding.Verified));
        if (unverified == 0) return;
        context.Warn(unverified == 1
            ? "1 finding quotes words that are not in the document; it is left out of the report and marked verified: false in the JSON."
            : $"{unverified:N0} findings quote words that are not in the document; they are left out of the report and marked verified: false in the JSON.");
    }

    private sealed record Question(string Text, JsonObject Schema, int Tokens);
}
