namespace SmolLM3.Inference.Benchmarking;

/// <summary>Takes results that nothing needs, so that the compiler does not drop the work behind them.</summary>
internal static class Sink
{
    private static double _last;

    public static void Keep(double value) => Volatile.Write(ref _last, value);
}
