using SmolLM3.Inference.Tests.Model.Fused;
using static SmolLM3.Inference.Tests.Engine.TestEngine;

namespace SmolLM3.Inference.Tests.Engine;

/// <summary>Counts tensors, of which there is one number for the whole process: runs while nothing else does.</summary>
[Collection(nameof(MemoryTests))]
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryTests
{
    [Theory]
    [InlineData(ComputeType.Float32, false)]
    [InlineData(ComputeType.BFloat16, false)]
    [InlineData(ComputeType.BFloat16, true)]
    public async Task GenerateAsync_TwoThousandSteps_MemoryStaysFlat(ComputeType type, bool fused)
    {
        await using var engine = await LoadAsync(Options with
        {
            ComputeType = type, PrefixSharing = false, SpeculativeTokens = 0, Kernels = fused ? new PlainKernels() : null,
        });
        await RunAsync(engine, 500);
        var (tensors, bytes) = (TorchSharp.torch.Tensor.TotalCount, WorkingSet());
        for (var stretch = 1; stretch <= 4; stretch++)
        {
            await RunAsync(engine, 500);
            Assert.Equal(0, engine.Statistics.KvTokensAllocated);
            Assert.InRange(TorchSharp.torch.Tensor.TotalCount, 0, tensors);
        }
        Assert.InRange(WorkingSet() - bytes, long.MinValue, 32 << 20);
    }

    /// <summary>
    /// Sequences that come and go, greedy and seeded, until the engine has made so many steps. The same ones in every round: libtorch keeps
    /// a compiled bfloat16 product for every shape it has met, so ever new shapes would grow that cache.
    /// </summary>
    private static async Task RunAsync(InferenceEngine engine, int steps)
    {
        var until = engine.Statistics.Steps + steps;
        while (engine.Statistics.Steps < until)
            await TogetherAsync(engine, Mixed(new Random(5), 6));
    }

    private static long WorkingSet()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Environment.WorkingSet;
    }
}
