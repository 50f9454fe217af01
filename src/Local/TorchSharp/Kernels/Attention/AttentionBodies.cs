using TorchSharp.Kernels.Products;
using TorchSharp.Threading;

namespace TorchSharp.Kernels.Attention;

/// <summary>Items of rows, each with all its keys: enough of them for all threads.</summary>
internal struct AttentionRows<TWeight, TElement>(AttentionProblem<TWeight, TElement> problem) : IRangeBody
    where TWeight : struct, IWeightFormat where TElement : struct, IFloatElement
{
    private AttentionProblem<TWeight, TElement> _problem = problem;

    public readonly void Run(long begin, long end)
    {
        using var scratch = _problem.NewScratch();
        for (var item = begin; item < end; item++) _problem.Attend(item, in scratch);
    }
}

/// <summary>Splits of the keys of few items, as when one sequence is decoded: each leaves its sums, to be added up in order.</summary>
internal unsafe struct AttentionSplits<TWeight, TElement>(AttentionProblem<TWeight, TElement> problem, int splits, float* sums) : IRangeBody
    where TWeight : struct, IWeightFormat where TElement : struct, IFloatElement
{
    private AttentionProblem<TWeight, TElement> _problem = problem;

    /// <summary>Floats to hold the sums of one split.</summary>
    public static long FloatsOf(in AttentionProblem<TWeight, TElement> problem) =>
        AttentionSums.Floats(problem.MostRows, problem.PaddedValueSize);

    public readonly void Run(long begin, long end)
    {
        using var scratch = _problem.NewScratch();
        for (var at = begin; at < end; at++)
        {
            var (item, split) = Math.DivRem(at, splits);
            if (split >= _problem.Splits(item)) continue;
            _problem.AttendSplit(item, (int)split, in scratch);
            var left = Left(at);
            left.Clear();
            left.Add(scratch.Split);
        }
    }

    /// <summary>Adds the sums of each item's splits up, and writes its rows.</summary>
    public readonly void Finish(long items)
    {
        for (long item = 0; item < items; item++)
        {
            var total = Left(item * splits);
            for (var split = 1; split < _problem.Splits(item); split++) total.Add(Left(item * splits + split));
            _problem.Store(item, total);
        }
    }

    private readonly AttentionSums Left(long at) => new(sums + at * FloatsOf(_problem), _problem.MostRows, _problem.PaddedValueSize);
}
