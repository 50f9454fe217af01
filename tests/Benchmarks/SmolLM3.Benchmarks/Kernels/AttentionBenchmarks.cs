using static TorchSharp.torch.nn.functional;

namespace SmolLM3.Benchmarks.Kernels;

/// <summary>Attention of one SmolLM3-3B layer: 16 query heads over 4 key heads of 128.</summary>
public class AttentionBenchmarks
{
    private const long KeyHeads = 4;
    private const long Group = 4;
    private const long Size = 128;

    private Tensor _query = null!;
    private Tensor _step = null!;
    private Tensor _keys = null!;
    private Tensor _values = null!;

    /// <summary>Tokens held.</summary>
    [Params(512, 4096)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Tensor Random(params long[] shape) => randn(shape).bfloat16().DetachFromDisposeScope();
        _query = Random(KeyHeads, Group, Length, Size);
        _step = Random(KeyHeads, Group, Size);
        _keys = Random(KeyHeads, Length, Size);
        _values = Random(KeyHeads, Length, Size);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (var tensor in (Tensor[])[_query, _step, _keys, _values]) tensor.Dispose();
    }

    [Benchmark]
    public void Decode() => scaled_dot_product_attention(_step, _keys, _values).Dispose();

    [Benchmark]
    public void Prefill()
    {
        using var scope = NewDisposeScope();
        _ = scaled_dot_product_attention(
            _query, _keys.unsqueeze(1).expand(KeyHeads, Group, Length, Size), _values.unsqueeze(1).expand(KeyHeads, Group, Length, Size),
            is_casual: true);
    }
}
