using static SmolLM3.Inference.Tests.Engine.TestEngine;

namespace SmolLM3.Inference.Tests.Engine;

/// <summary>Counts tensors, of which there is one number for the whole process: runs while nothing else does.</summary>
[Collection(nameof(MemoryTests))]
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryTests
{
    [Fact]
    public async Task GenerateAsync_ManySteps_MemoryStaysFlat()
    {
        await using var engine = await LoadAsync(Options with { PrefixSharing = false, SpeculativeTokens = 0 });
        await engine.GenerateAsync(Request([1, 2, 3], 50));
        var before = TorchSharp.torch.Tensor.TotalCount;
        for (var i = 0; i < 10; i++)
            await engine.GenerateAsync(Request([1, 2, i], 50));
        Assert.True(engine.Statistics.Steps > 400);
        Assert.Equal(0, engine.Statistics.KvTokensAllocated);
        Assert.InRange(TorchSharp.torch.Tensor.TotalCount, 0, before);
    }
}
