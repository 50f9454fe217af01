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
    private readonly Draft? _prompts;
    private readonly Draft? _rows;

    /// <summary>Adds what the device has to know; <see cref="OnDevice"/> is to be called when it has been sent.</summary>
    public RaggedPlan(IReadOnlyList<StepRun> runs, HeadLayout heads, DeviceIntegers integers)
    {
        _integers = integers;
        Arena = runs[0].Chain.Tail!.Arena!;
        var slots = new long[runs.Sum(run => run.Rows)];
        foreach (var run in runs)
            for (var i = 0; i < run.Rows; i++)
                slots[run.FirstRow + i] = run.Chain.Tail!.Start + run.Chain.Tail.Length + i;
        _slots = integers.Add(slots);
        var parts = runs.OrderBy(run => run.FirstRow).ToLookup(run => PartOf(run.Chain, run.Rows));
        _prompts = Draft.Of(parts[RaggedPart.Prefill], run => [(run.Rows, run.Past + run.Rows)], integers);
        _rows = Draft.Of(
            parts[RaggedPart.Decode].Concat(parts[RaggedPart.SharedDecode]),
            run => Enumerable.Range(1, run.Rows).Select(row => (1, run.Past - run.Chain.SharedLength + row)), integers);
        Shared = [.. parts[RaggedPart.SharedDecode].GroupBy(run => run.Chain.Shared, SameSegments.Instance)
            .SelectMany(sharing => Blocks(
                sharing.Key, sharing.First().FirstRow, sharing.Sum(run => run.Rows),
                AttentionPlan.MaxElements / ((long)heads.Queries * sharing.First().Chain.SharedLength)))];
    }

    /// <summary>Where all of the step's sequences have their keys and values.</summary>
    public KvArena Arena { get; }

    /// <summary>Places of the step's rows in the arena: [rows].</summary>
    public TorchSharp.torch.Tensor Slots { get; private set; } = null!;

    /// <summary>Prompts that attend in one kernel.</summary>
    public RaggedRows? Prompts { get; private set; }

    /// <summary>Single rows that attend in one kernel, each to its sequence's tail, which for most is all there is.</summary>
    public RaggedRows? Rows { get; private set; }

    /// <summary>Those of <see cref="Rows"/> that have something before their tails, together with the rows that share it.</summary>
    public IReadOnlyList<SharedRows> Shared { get; }

    public static RaggedPart PartOf(KvChain chain, int rows) => (chain.IsSingleSlab, rows <= MostDecodeRows) switch
    {
        (true, true) => RaggedPart.Decode,
        (true, false) => RaggedPart.Prefill,
        (false, true) => RaggedPart.SharedDecode,
        (false, false) => RaggedPart.Chain,
    };

    /// <summary>The order of a step's runs in which each part's rows lie side by side, and in it those that share a beginning.</summary>
    public static IEnumerable<int> Order(IReadOnlyList<(KvChain Chain, int Rows)> runs)
        => Enumerable.Range(0, runs.Count)
            .GroupBy(i => runs[i].Chain.Shared, SameSegments.Instance)
            .SelectMany(sharing => sharing)
            .OrderBy(i => PartOf(runs[i].Chain, runs[i].Rows));

    public void OnDevice()
    {
        Slots = _integers[_slots];
        Prompts = _prompts?.OnDevice(_integers);
        Rows = _rows?.OnDevice(_integers);
    }

    /// <summary>As many rows at once as scores may be held for.</summary>
    internal static IEnumerable<SharedRows> Blocks(IReadOnlyList<KvSegment> segments, int firstRow, int rows, long most)
    {
        var atOnce = (int)Math.Clamp(most, 1, rows);
        for (var first = 0; first < rows; first += atOnce)
            yield return new(firstRow + first, Math.Min(atOnce, rows - first), segments);
    }

    /// <summary>Sequences whose place in the step's integers is known, and their numbers not yet on the device.</summary>
    private sealed class Draft
    {
        private readonly IReadOnlyList<(int Queries, int KeyStart, int Length)> _sequences;
        private readonly int _firstRow;
        private readonly Range _numbers;

        private Draft(int firstRow, IReadOnlyList<(int Queries, int KeyStart, int Length)> sequences, DeviceIntegers integers)
        {
            (_firstRow, _sequences) = (firstRow, sequences);
            // Three vectors that the kernel wants in int32, converted together.
            _numbers = integers.Add(
            [
                .. Ends(sequences),
                .. sequences.Select(sequence => (long)sequence.KeyStart),
                sequences[^1].KeyStart,
                .. sequences.Select(sequence => (long)sequence.Length),
            ]);
        }

        /// <summary>Null where there are no runs; they lie side by side, in this order.</summary>
        public static Draft? Of(
            IEnumerable<StepRun> runs, Func<StepRun, IEnumerable<(int Queries, int Length)>> sequences, DeviceIntegers integers)
        {
            var all = runs.ToList();
            return all.Count == 0
                ? null
                : new(
                    all[0].FirstRow,
                    [.. all.SelectMany(run => sequences(run).Select(each => (each.Queries, run.Chain.Tail!.Start, each.Length)))], integers);
        }

        public RaggedRows OnDevice(DeviceIntegers sent)
        {
            var numbers = sent[_numbers].to(TorchSharp.torch.ScalarType.Int32);
            var count = _sequences.Count;
            return new(_firstRow, _sequences.Sum(sequence => sequence.Queries), new(
                numbers.narrow(0, 0, count + 1),
                numbers.narrow(0, count + 1, count + 1),
                numbers.narrow(0, 2 * count + 2, count),
                _sequences.Max(sequence => sequence.Queries),
                _sequences.Max(sequence => sequence.Length)));
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
