using static TorchSharp.torch.nn.functional;

namespace SmolLM3.Benchmarks.Kernels;

/// <summary>
/// The linear layers of SmolLM3-3B, from one row (decode) to many (prefill). Compare with the ceilings of `smollm3 bench`.
/// </summary>
public class LinearBenchmarks
{
    private Tensor _rows = null!;
    private Tensor _weight = null!;

    /// <summary>Rows of activations.</summary>
    [Params(1, 2, 4, 8, 16, 256)]
    public int Rows { get; set; }

    /// <summary>Outputs x inputs.</summary>
    [Params("3072x2048", "22016x2048", "2048x11008")]
    public string Layer { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var sizes = Layer.Split('x').Select(long.Parse).ToArray();
        using var generator = new Generator(1);
        using var rows = randn(Rows, sizes[1], generator: generator);
        _rows = rows.bfloat16();
        _weight = empty(sizes, dtype: ScalarType.BFloat16).normal_(0, 0.02, generator);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _rows.Dispose();
        _weight.Dispose();
    }

    [Benchmark]
    public void Linear() => linear(_rows, _weight).Dispose();
}
