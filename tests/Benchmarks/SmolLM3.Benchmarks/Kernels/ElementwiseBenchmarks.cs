using static TorchSharp.torch.nn.functional;

namespace SmolLM3.Benchmarks.Kernels;

/// <summary>What stands between the products: normalisation, gating, rotation. At one row it is dispatch that counts.</summary>
[MemoryDiagnoser]
public class ElementwiseBenchmarks
{
    private Tensor _hidden = null!;
    private Tensor _weight = null!;
    private Tensor _gateUp = null!;
    private Tensor _cos = null!;

    /// <summary>Rows of activations.</summary>
    [Params(1, 8, 256)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _hidden = randn(Rows, 2048).bfloat16();
        _weight = randn(2048).bfloat16();
        _gateUp = randn(Rows, 22016).bfloat16();
        _cos = randn(Rows, 1, 128).bfloat16();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (var tensor in (Tensor[])[_hidden, _weight, _gateUp, _cos]) tensor.Dispose();
    }

    [Benchmark]
    public void Add() => _hidden.add(_hidden).Dispose();

    [Benchmark]
    public void RmsNorm()
    {
        using var scope = NewDisposeScope();
        var wide = _hidden.to(ScalarType.Float32);
        var scale = wide.mul(wide).mean([-1], keepdim: true).add_(1e-6).rsqrt_();
        _ = wide.mul(scale).to(_hidden.dtype).mul_(_weight);
    }

    [Benchmark]
    public void SwiGlu()
    {
        using var scope = NewDisposeScope();
        _ = silu(_gateUp.narrow(1, 0, 11008)).mul_(_gateUp.narrow(1, 11008, 11008));
    }

    [Benchmark]
    public void Rotate()
    {
        using var scope = NewDisposeScope();
        var heads = _hidden.view(-1, 16, 128);
        var swapped = cat([heads.narrow(2, 64, 64), heads.narrow(2, 0, 64)], 2);
        _ = heads.mul(_cos).add_(swapped.mul_(_cos));
    }
}
