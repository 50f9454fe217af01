using SmolLM3.Batch.Cli.Planning;

namespace SmolLM3.Batch.Cli.Tests.Planning;

public sealed class EngineModelTests
{
    private static readonly PriceSheet Sheet = PriceSheet.Load(null);

    [Fact]
    public void ModelShape_SmolLM3_HasThePublishedSizes()
    {
        var shape = ModelShape.SmolLM3;

        Assert.Equal(73_728, shape.KeyValueBytesPerToken);
        Assert.InRange(shape.WeightBytes, 6.14e9, 6.16e9);
    }

    [Theory]
    [InlineData("T4", 131_072, 0)]
    [InlineData("A100", 131_072, 1)]
    public void ConcurrentJobs_LongDocument_FitsOnlyWhereMemoryAllows(string gpu, int tokens, int atLeast)
    {
        var work = new Workload(1, tokens / 650.0, 650, 1, 500);

        var jobs = new EngineModel(ModelShape.SmolLM3, Sheet.Find(gpu), Sheet).ConcurrentJobs(work);

        Assert.Equal(atLeast > 0, jobs >= 1);
    }

    [Fact]
    public void SecondsPerJob_MoreJobsInTheBatch_CostsLessEach()
    {
        var engine = new EngineModel(ModelShape.SmolLM3, Sheet.Find("A100"), Sheet);
        var work = Workload.Of("summarize", 1, 10, 650);

        var seconds = Enumerable.Range(1, 16).Select(jobs => engine.SecondsPerJob(work, jobs)).ToList();

        Assert.Equal(seconds.OrderDescending(), seconds);
        Assert.True(seconds[^1] >= engine.PrefillSeconds(work.PromptTokens));
    }

    [Fact]
    public void StepSeconds_BatchOfOne_IsWeightsAndCacheOverBandwidth()
    {
        var gpu = Sheet.Find("A100");
        var expected = (ModelShape.SmolLM3.WeightBytes + (16_384.0 * 73_728)) / (gpu.BandwidthGBs * 1e9 * Sheet.DecodeShareOfBandwidth);

        Assert.Equal(expected, new EngineModel(ModelShape.SmolLM3, gpu, Sheet).StepSeconds(1, 1, 16_384, 0), 1e-9);
    }
}
