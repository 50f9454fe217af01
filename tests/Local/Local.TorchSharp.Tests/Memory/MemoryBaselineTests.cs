using System.Runtime.CompilerServices;
using TorchSharp.Memory;
using static TorchSharp.torch.nn.functional;

namespace Local.TorchSharp.Tests.Memory;

/// <summary>Alone in the process while they run, since they count what the whole process holds.</summary>
[Collection(nameof(MemoryBaselineTests))]
[CollectionDefinition(nameof(MemoryBaselineTests), DisableParallelization = true)]
public sealed class MemoryBaselineTests
{
    [Fact]
    public void Step_Repeated_ReturnsToTheSameMemory()
    {
        using var weights = TestTensors.Normal(1, ScalarType.BFloat16, 64, 64);
        Step(weights);
        var (tensors, bytes) = (Tensor.TotalCount, CachingAllocator.LiveBytes);
        for (var i = 0; i < 20; i++) Step(weights);
        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.Equal(bytes, CachingAllocator.LiveBytes);
    }

    [Fact]
    public void Step_Repeated_MakesLittleGarbage()
    {
        using var weights = TestTensors.Normal(1, ScalarType.BFloat16, 64, 64);
        for (var i = 0; i < 50; i++) Step(weights);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) Step(weights);
        var garbage = (GC.GetAllocatedBytesForCurrentThread() - before) / 10;
        Assert.True(garbage < 12_000, $"{garbage} bytes a step");
    }

    [Fact]
    public void Tensors_DroppedUndisposed_AreFreedByTheCollector()
    {
        Collect();
        var (tensors, bytes) = (Tensor.TotalCount, CachingAllocator.LiveBytes);
        Drop();
        Assert.True(Tensor.TotalCount > tensors);
        var deadline = Environment.TickCount64 + 10_000;
        while (CachingAllocator.LiveBytes != bytes && Environment.TickCount64 < deadline) Collect();
        Assert.Equal(bytes, CachingAllocator.LiveBytes);
        Assert.Equal(tensors, Tensor.TotalCount);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop()
    {
        for (var i = 0; i < 5; i++) _ = ones(1 << 16).narrow(0, 3, 100);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static void Step(Tensor weights)
    {
        using var scope = NewDisposeScope();
        var x = TestTensors.Normal(2, ScalarType.BFloat16, 1, 64);
        var wide = x.to(ScalarType.Float32);
        var normed = wide.mul(wide.mul(wide).mean([-1], keepdim: true).add_(1e-6).rsqrt_()).to(x.dtype);
        var gate = linear(normed, weights);
        var heads = silu(gate).mul_(gate).view(1, 4, 1, 16);
        _ = scaled_dot_product_attention(heads, heads, heads);
        _ = cat([x, gate], 1).softmax(-1).argmax(-1);
    }
}
