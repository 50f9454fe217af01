namespace SmolLM3.Benchmarks.Kernels;

/// <summary>Choosing from one row of logits over SmolLM3's vocabulary.</summary>
public class LogitBenchmarks
{
    private Tensor _logits = null!;

    [GlobalSetup]
    public void Setup() => _logits = randn(1, 128_256);

    [GlobalCleanup]
    public void Cleanup() => _logits.Dispose();

    [Benchmark]
    public void ArgMax() => _logits.argmax(-1).Dispose();

    [Benchmark]
    public void SoftMax() => _logits.softmax(-1).Dispose();

    [Benchmark]
    public void TopK()
    {
        var (values, indices) = _logits.topk(50);
        values.Dispose();
        indices.Dispose();
    }
}
