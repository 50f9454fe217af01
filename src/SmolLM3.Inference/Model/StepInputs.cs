using SmolLM3.Inference.Model.Fused;
using SmolLM3.Inference.Rope;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model;

/// <summary>
/// What a step's layers have in common, on the device: token ids, rotations, masks, who attends with whom, and which rows need logits.
/// </summary>
internal sealed class StepInputs
{
    public StepInputs(
        IReadOnlyList<StepRun> runs, HeadLayout heads, RopeFrequencies rope, ScalarType dtype, Device device, bool ragged)
    {
        var rows = runs.Sum(run => run.Rows);
        var (ids, positions, kinds) = (new long[rows], new long[rows], new long[rows]);
        var logitRows = new List<long>();
        foreach (var run in runs)
        {
            for (var i = 0; i < run.Rows; i++)
            {
                ids[run.FirstRow + i] = run.Tokens.Span[i];
                positions[run.FirstRow + i] = run.Past + i;
                kinds[run.FirstRow + i] = run.RopeKind;
            }
            for (var i = run.Rows - run.Logits; i < run.Rows; i++)
                logitRows.Add(run.FirstRow + i);
            if (ragged
                ? RaggedPlan.PartOf(run.Chain, run.Rows) == RaggedPart.Chain
                : run.Rows > 1 && (run.Past > 0 || !run.Chain.IsSingleSlab))
                run.Mask = ones([run.Rows, run.Past + run.Rows], dtype: ScalarType.Bool, device: device).tril(run.Past);
        }
        var integers = new DeviceIntegers();
        var (idsAt, positionsAt, kindsAt) = (integers.Add(ids), integers.Add(positions), integers.Add(kinds));
        var logitRowsAt = integers.Add(logitRows);
        var plan = ragged ? new RaggedPlan(runs, heads, integers) : null;
        integers.Send(device);
        plan?.OnDevice();
        Attention = new(runs, heads, plan);
        TokenIds = integers[idsAt];
        LogitRows = logitRows.Count == rows && logitRows.Order().SequenceEqual(logitRows) ? null : integers[logitRowsAt];
        HasLogits = logitRows.Count > 0;
        (Cos, Sin) = rope.Rotations(integers[positionsAt], integers[kindsAt], dtype);
    }

    public AttentionPlan Attention { get; }

    public Tensor TokenIds { get; }

    /// <summary>[rows, 1, head size]; the two halves are equal.</summary>
    public Tensor Cos { get; }

    /// <summary>[rows, 1, head size]; the first half is negated, as the rotation of halves wants it.</summary>
    public Tensor Sin { get; }

    /// <summary>Null selects every row.</summary>
    public Tensor? LogitRows { get; }

    public bool HasLogits { get; }
}
