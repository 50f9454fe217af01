using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Planning;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.Summarize;

/// <summary>
/// Merges points level by level until all of them fit one prompt. Each level asks at least half as many; all groups of a level run in one
/// batch.
/// </summary>
internal sealed class SummaryReducer(TaskContext context, SummarizeOptions options, ContextBudget budget)
{
    public async Task<IReadOnlyList<SummaryPoint>> ReduceAsync(
        IReadOnlyList<SummaryPoint> points, int answer, CancellationToken cancellationToken)
    {
        int room = budget.Context - answer - budget.Question - 128;
        while (points.Count > 1 && Cost(points) > room)
        {
            var groups = Groups(points, room);
            points = await MergeAsync(groups, cancellationToken).ConfigureAwait(false);
        }

        return points;
    }

    private async Task<IReadOnlyList<SummaryPoint>> MergeAsync(IReadOnlyList<SummaryPoint[]> groups, CancellationToken cancellationToken)
    {
        var requests = groups.Select(group =>
        {
            int keep = Keep(group.Length);
            return new CompletionRequest
            {
                Messages = SummaryPrompts.NotesMessages(
                    SummaryPrompts.Notes(context.Document, group), SummaryPrompts.ReduceQuestion(options, keep)),
                MaxTokens = 16 + keep * SummaryPrompts.PointTokens,
                JsonSchema = SummaryPrompts.PointsSchema(keep, 1, group.Length),
            };
        }).ToList();
        var completions = await context.CompleteAsync(requests, cancellationToken).ConfigureAwait(false);

        var merged = new List<SummaryPoint>();
        for (int i = 0; i < groups.Count; i++)
        {
            var group = groups[i];
            var points = SummaryAnswers.Points(
                context, completions[i], number => number >= 1 && number <= group.Length ? group[number - 1].Paragraphs : []);

            // A group whose answer is unreadable keeps its first points, so that no part of the document drops out.
            merged.AddRange(points.Count > 0 ? points.Take(Keep(group.Length)) : group.Take(Keep(group.Length)));
        }

        return merged;
    }

    private int Keep(int count) => Math.Clamp(count / 2, 1, Math.Max(1, (budget.Answer - 16) / SummaryPrompts.PointTokens));

    private List<SummaryPoint[]> Groups(IReadOnlyList<SummaryPoint> points, int room)
    {
        var groups = new List<SummaryPoint[]>();
        var group = new List<SummaryPoint>();
        int used = 0;
        foreach (var point in points)
        {
            int cost = context.Model.CountTokens(SummaryPrompts.Note(context.Document, point, points.Count)) + 1;

            // Two to a group at least, or a level would not shrink.
            if (group.Count >= 2 && used + cost > room)
            {
                groups.Add([.. group]);
                group.Clear();
                used = 0;
            }

            group.Add(point);
            used += cost;
        }

        groups.Add([.. group]);
        return groups;
    }

    private int Cost(IReadOnlyList<SummaryPoint> points) =>
        context.Model.CountTokens(SummaryPrompts.Notes(context.Document, points)) + points.Count;
}
