using SmolLM3.Inference.Model;
using SmolLM3.Inference.Model.Fused;
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
        var firstRows = FirstRows(scheduled);
        StepRun[] runs =
        [
            .. scheduled.Select((run, i) =>
                new StepRun(run.Sequence.Chain!, Tokens(run), firstRows[i], run.Sequence.RopeKind, LogitRows(run))),
        ];
        return new(model.Forward(runs));
    }

    public static int LogitRows(ScheduledRun run) => run.ReachesEnd ? 1 + run.Proposal.Length : 0;

    /// <summary>The runs' places in the step: as they come, or where kernels serve many sequences, each kernel's side by side.</summary>
    private int[] FirstRows(IReadOnlyList<ScheduledRun> scheduled)
    {
        var order = Enumerable.Range(0, scheduled.Count);
        if (model.IsRagged)
            order = RaggedPlan.Order([.. scheduled.Select(run => (run.Sequence.Chain!, run.Rows))]);
        var firstRows = new int[scheduled.Count];
        var row = 0;
        foreach (var i in order)
        {
            firstRows[i] = row;
            row += scheduled[i].Rows;
        }
        return firstRows;
    }

    private static int[] Tokens(ScheduledRun run)
        => [.. run.Sequence.TokenSpan.Slice(run.Sequence.Computed, run.Count), .. run.Proposal.Span];

    public void Dispose() => model.Dispose();
}
