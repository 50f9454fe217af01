using SmolLM3.Inference.KvCache;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>Where a step's keys and values go in the arena, and which rows attend in which kernel; the same in every layer.</summary>
internal sealed class RaggedPlan
{
    /// <summary>
    /// Rows of a run that are still taken one by one. A kernel of many rows gives a head's keys to one block of threads, however long they
    /// are, and a proposal's few rows would wait for it; read once for each row, the keys are in the cache from the second on.
    /// </summary>
    private const int MostDecodeRows = 8;

    /// <summary>
    /// Keys that rows may read of the same slabs, each for itself: that costs less than the launches of <see cref="SharedBeginning"/>. At
    /// 2 KB of keys and values a token and layer, four heads of 128, it is 0.1 ms of an H100's bandwidth, and most comes from its cache.
    /// </summary>
    private const long DefaultReadAgain = 1 << 17;

    private readonly DeviceIntegers _integers;
    private readonly Range _slots;
    private readonly RaggedSequences? _prompts;
    private readonly RaggedSequences? _rows;
    private readonly RowSegments? _segments;

    /// <summary>Adds what the device has to know; <see cref="OnDevice"/> is to be called when it has been sent.</summary>
    public RaggedPlan(
        IReadOnlyList<StepRun> runs, HeadLayout heads, DeviceIntegers integers, long mostReadAgain = DefaultReadAgain)
    {
        _integers = integers;
        Arena = runs[0].Chain.Tail!.Arena!;
        if (runs.Any(run => run.Chain.Tail!.Arena != Arena))
            throw new ArgumentException("A step's sequences must have their keys and values in one arena.", nameof(runs));
        var slots = new long[runs.Sum(run => run.Rows)];
        foreach (var run in runs)
            for (var i = 0; i < run.Rows; i++)
                slots[run.FirstRow + i] = run.Chain.Tail!.Start + run.Chain.Tail.Length + i;
        _slots = integers.Add(slots);

        var parts = runs.OrderBy(run => run.FirstRow).ToLookup(run => PartOf(run.Chain, run.Rows));
        var (prompts, rows) = (new RaggedSequences(), new RaggedSequences());
        foreach (var run in parts[RaggedPart.Prefill])
            prompts.Add(run.FirstRow, run.Rows, run.Chain.Tail!.Start, run.Past + run.Rows);
        foreach (var run in parts[RaggedPart.Decode].Concat(parts[RaggedPart.SharedDecode]))
            for (var i = 0; i < run.Rows; i++)
                rows.Add(run.FirstRow + i, 1, run.Chain.Tail!.Start, run.Past - run.Chain.SharedLength + i + 1);

        var sharing = parts[RaggedPart.SharedDecode].GroupBy(run => run.Chain.Shared, SameSegments.Instance)
            .Select(group => new SharedRows(group.First().FirstRow, group.Sum(run => run.Rows), group.Key))
            .ToLookup(shared => shared.Rows == 1 || shared.Rows * shared.Length <= mostReadAgain);
        if (sharing[true].Any())
            _segments = new([.. sharing[true]], rows);
        Shared = [.. sharing[false].SelectMany(shared => shared.Blocks(AttentionPlan.MaxElements / (heads.Queries * shared.Length)))];

        _prompts = prompts.AddTo(integers);
        _rows = rows.AddTo(integers);
        _segments?.AddTo(integers);
    }

    /// <summary>Where all of the step's sequences have their keys and values.</summary>
    public KvArena Arena { get; }

    /// <summary>Places of the step's rows in the arena: [rows].</summary>
    public Tensor Slots { get; private set; } = null!;

    /// <summary>Prompts that attend in one kernel.</summary>
    public RaggedRows? Prompts { get; private set; }

    /// <summary>Single rows that attend in one kernel, each to its sequence's tail, which for most is all there is.</summary>
    public RaggedRows? Rows { get; private set; }

    /// <summary>Those of <see cref="Rows"/> that attend in the same kernel to what lies before their tails too.</summary>
    public SegmentSum? Segments { get; private set; }

    /// <summary>Those of <see cref="Rows"/> that share so much before their tails that it is read once for all of them.</summary>
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
        Segments = _segments?.OnDevice(_integers);
    }
}
