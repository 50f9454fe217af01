using SmolLM3.Inference.Model;
using SmolLM3.Inference.Scheduling;

namespace SmolLM3.Inference.Engine;

/// <summary>Turns scheduled runs into one pass of the model.</summary>
internal sealed class ModelRunner(SmolLM3Model model) : IDisposable
{
    /// <summary>
    /// Computes a step. Its logits come in the order of the runs: for each that reaches its sequence's end, the row after its last token
    /// and those after each proposed one.
    /// </summary>
    public StepOutput Run(IReadOnlyList<ScheduledRun> scheduled)
    {
        var runs = new List<StepRun>(scheduled.Count);
        var row = 0;
        foreach (var run in scheduled)
        {
            runs.Add(new(run.Sequence.Chain!, Tokens(run), row, run.Sequence.RopeKind, LogitRows(run)));
            row += run.Rows;
        }
        return new(model.Forward(runs));
    }

    public static int LogitRows(ScheduledRun run) => run.ReachesEnd ? 1 + run.Proposal.Length : 0;

    private static int[] Tokens(ScheduledRun run)
        => [.. run.Sequence.TokenSpan.Slice(run.Sequence.Computed, run.Count), .. run.Proposal.Span];

    public void Dispose() => model.Dispose();
}
