using SmolLM3.Inference.KvCache;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>Where a step's keys and values go in the arena, and which rows attend in which kernel; the same in every layer.</summary>
internal sealed class RaggedPlan
{
    /// <summary>
    /// Rows of a run that are still taken one by one. A kernel of many rows gives a head's keys to one block of threads, however long they
    /// are, and a proposal's few rows would wait for it; read once for each row, the keys are in the cache from the second on.
    /// </summary>
    private const int MostDecodeRows = 8;

    private readonly DeviceIntegers _integers;
    private readonly Range _slots;
    private readonly List<Draft> _drafts = [];

    /// <summary>Adds what the device has to know; <see cref="OnDevice"/> is to be called when it has been sent.</summary>
    public RaggedPlan(IReadOnlyList<StepRun> runs, DeviceIntegers integers)
    {
        _integers = integers;
        Arena = runs[0].Chain.Tail!.Arena!;
        var slots = new long[runs.Sum(run => run.Rows)];
        foreach (var run in runs)
            for (var i = 0; i < run.Rows; i++)
                slots[run.FirstRow + i] = run.Chain.Tail!.Start + run.Chain.Tail.Length + i;
        _slots = integers.Add(slots);
        var parts = runs.ToLookup(run => PartOf(run.Chain.IsSingleSlab, run.Rows));
        Draw(parts[RaggedPart.Decode], RowByRow);
        Draw(parts[RaggedPart.Prefill], run => [(run.Rows, Start(run), run.Past + run.Rows)]);
    }

    /// <summary>Where all of the step's sequences have their keys and values.</summary>
    public KvArena Arena { get; }

    /// <summary>Places of the step's rows in the arena: [rows].</summary>
    public TorchSharp.torch.Tensor Slots { get; private set; } = null!;

    /// <summary>Rows that attend in one kernel.</summary>
    public IReadOnlyList<(int FirstRow, int Rows, RaggedBatch Batch)> Parts { get; private set; } = [];

    public static RaggedPart PartOf(bool isSingleSlab, int rows)
        => !isSingleSlab ? RaggedPart.Chain : rows <= MostDecodeRows ? RaggedPart.Decode : RaggedPart.Prefill;

    public void OnDevice()
    {
        Slots = _integers[_slots];
        Parts = [.. _drafts.Select(draft => (draft.FirstRow, draft.Rows, draft.OnDevice(_integers)))];
    }

    private static int Start(StepRun run) => run.Chain.Tail!.Start;

    private static IEnumerable<(int Queries, int KeyStart, int Length)> RowByRow(StepRun run)
        => Enumerable.Range(1, run.Rows).Select(row => (1, Start(run), run.Past + row));

    private void Draw(IEnumerable<StepRun> runs, Func<StepRun, IEnumerable<(int Queries, int KeyStart, int Length)>> sequences)
    {
        var all = runs.OrderBy(run => run.FirstRow).ToList();
        if (all.Count > 0)
            _drafts.Add(new(all[0].FirstRow, [.. all.SelectMany(sequences)], _integers));
    }

    private sealed class Draft(int firstRow, IReadOnlyList<(int Queries, int KeyStart, int Length)> sequences, DeviceIntegers integers)
    {
        // Three vectors that the kernel wants in int32, converted together.
        private readonly Range _all = integers.Add(
        [
            .. Ends(sequences),
            .. sequences.Select(sequence => (long)sequence.KeyStart),
            sequences[^1].KeyStart,
            .. sequences.Select(sequence => (long)sequence.Length),
        ]);

        public int FirstRow { get; } = firstRow;

        public int Rows { get; } = sequences.Sum(sequence => sequence.Queries);

        public RaggedBatch OnDevice(DeviceIntegers sent)
        {
            var all = sent[_all].to(TorchSharp.torch.ScalarType.Int32);
            var count = sequences.Count;
            return new(
                all.narrow(0, 0, count + 1),
                all.narrow(0, count + 1, count + 1),
                all.narrow(0, 2 * count + 2, count),
                sequences.Max(sequence => sequence.Queries),
                sequences.Max(sequence => sequence.Length));
        }

        private static IEnumerable<long> Ends(IReadOnlyList<(int Queries, int KeyStart, int Length)> sequences)
        {
            var end = 0L;
            yield return end;
            foreach (var sequence in sequences)
                yield return end += sequence.Queries;
        }
    }
}
