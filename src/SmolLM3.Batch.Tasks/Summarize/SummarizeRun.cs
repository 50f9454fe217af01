using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Planning;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.Summarize;

/// <summary>
/// Summarizes: a document that fits one prompt in one completion; a longer one by points from every part, merged level by level until
/// they fit one prompt, and composed from those.
/// </summary>
internal sealed class SummarizeRun(SummarizeOptions options) : ITaskRun
{
    public async Task<TaskOutcome> RunAsync(TaskContext context, CancellationToken cancellationToken)
    {
        var budget = new ContextBudget(context.Model.Info);
        int target = TargetPoints(context, budget);
        int answer = SummaryPrompts.FrameTokens + target * PointCost;
        var plan = context.Session.PlanFor(
            [SummaryPrompts.FinalQuestion(options, target, false), SummaryPrompts.MapQuestion(options, target)], answer);

        var summary = plan.Chunks.Count == 1
            ? await FromDocumentAsync(context, plan, target, answer, cancellationToken).ConfigureAwait(false)
            : await FromPartsAsync(context, plan, target, answer, cancellationToken).ConfigureAwait(false);

        double coverage = plan.Coverage(context.Document);
        var result = SummaryResult.Create(context, options, summary, plan.Chunks.Count, coverage);
        return new TaskOutcome(SummaryFiles.Render(result, context.Document), coverage);
    }

    private int PointCost => options.Style == "plain" ? 2 * SummaryPrompts.PointTokens : SummaryPrompts.PointTokens;

    private int TargetPoints(TaskContext context, ContextBudget budget)
    {
        int most = Math.Max(1, (budget.Answer - SummaryPrompts.FrameTokens) / PointCost);
        if (options.Points > most)
        {
            context.Warn(
                $"The summary is shorter than the {options.Words:N0} words asked for: an answer of this model holds about {most} points.");
        }

        return Math.Min(options.Points, most);
    }

    private async Task<Summary> FromDocumentAsync(
        TaskContext context, DocumentPlan plan, int target, int answer, CancellationToken cancellationToken)
    {
        int last = context.Document.Blocks.Count;
        var request = new CompletionRequest
        {
            Messages = plan.Ask(plan.Chunks[0], SummaryPrompts.FinalQuestion(options, target, fromNotes: false)),
            MaxTokens = answer,
            JsonSchema = SummaryPrompts.FinalSchema(options, target, 1, last),
        };
        var completions = await context.AskAsync([(plan.Chunks[0], request)], cancellationToken).ConfigureAwait(false);
        return SummaryAnswers.Final(context, completions[0], number => [number], last);
    }

    private async Task<Summary> FromPartsAsync(
        TaskContext context, DocumentPlan plan, int target, int answer, CancellationToken cancellationToken)
    {
        int perPart = Math.Clamp(
            (2 * target + plan.Chunks.Count - 1) / plan.Chunks.Count, 2,
            Math.Max(2, (plan.Budget.Answer - 16) / SummaryPrompts.PointTokens));
        string question = SummaryPrompts.MapQuestion(options, perPart);
        var requests = plan.Chunks.Select(chunk =>
        {
            var (first, last) = Paragraphs(context, chunk);
            return (chunk, new CompletionRequest
            {
                Messages = plan.Ask(chunk, question),
                MaxTokens = 16 + perPart * SummaryPrompts.PointTokens,
                JsonSchema = SummaryPrompts.PointsSchema(perPart, first, last),
            });
        }).ToList();
        var completions = await context.AskAsync(requests, cancellationToken).ConfigureAwait(false);

        var points = new List<SummaryPoint>();
        for (int i = 0; i < completions.Length; i++)
        {
            var (first, last) = Paragraphs(context, plan.Chunks[i]);
            points.AddRange(SummaryAnswers.Points(context, completions[i], number => number >= first && number <= last ? [number] : []));
        }

        var notes = await new SummaryReducer(context, options, plan.Budget).ReduceAsync(points, answer, cancellationToken)
            .ConfigureAwait(false);
        return await ComposeAsync(context, notes, target, answer, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Summary> ComposeAsync(
        TaskContext context, IReadOnlyList<SummaryPoint> notes, int target, int answer, CancellationToken cancellationToken)
    {
        if (notes.Count == 0) return new Summary("", "", []);
        var request = new CompletionRequest
        {
            Messages = SummaryPrompts.NotesMessages(
                SummaryPrompts.Notes(context.Document, notes), SummaryPrompts.FinalQuestion(options, target, fromNotes: true)),
            MaxTokens = answer,
            JsonSchema = SummaryPrompts.FinalSchema(options, target, 1, notes.Count),
        };
        var completions = await context.CompleteAsync([request], cancellationToken).ConfigureAwait(false);
        return SummaryAnswers.Final(context, completions[0], number => notes[number - 1].Paragraphs, notes.Count);
    }

    private static (int First, int Last) Paragraphs(TaskContext context, Chunk chunk) =>
        (context.Document.BlockAt(chunk.ReadFrom).Index + 1, context.Document.BlockAt(chunk.End - 1).Index + 1);
}
