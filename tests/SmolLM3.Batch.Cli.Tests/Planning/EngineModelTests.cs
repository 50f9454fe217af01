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
    [InlineData("T4", 20, 1)]
    [InlineData("T4", 250, 3)]
    [InlineData("A100", 250, 1)]
    [InlineData("A100", 1_000, 3)]
    public void CutTo_Context_ReadsADocumentInAsManyPartsAsItTakes(string gpu, int pages, int parts)
    {
        var engine = new EngineModel(ModelShape.SmolLM3, Sheet.Find(gpu), Sheet);
        var whole = Workload.Of("contract-analysis", 1, pages, 650);

        var work = whole.CutTo(engine.ContextTokens);

        Assert.Equal(parts, work.Parts);
        Assert.Equal(parts * whole.OutputTokens, work.OutputTokens);
        Assert.InRange(work.PromptTokens, 1, engine.ContextTokens);
        Assert.InRange(engine.ConcurrentJobs(work, 8), 1, 8);
    }

    [Fact]
    public void CutTo_Translation_WritesNoMoreForBeingCut() =>
        Assert.Equal(Workload.Of("translate", 1, 900, 650).OutputTokens, Workload.Of("translate", 1, 900, 650).CutTo(65_536).OutputTokens);

    [Fact]
    public void ConcurrentJobs_ShortDocuments_AreAsManyAsAWorkerTakes()
    {
        var engine = new EngineModel(ModelShape.SmolLM3, Sheet.Find("A100"), Sheet);

        Assert.Equal(8, engine.ConcurrentJobs(Workload.Of("summarize", 1, 5, 650), 8));
        Assert.Equal(32, engine.ConcurrentJobs(Workload.Of("summarize", 1, 5, 650), 32));
    }

    [Fact]
    public void SecondsPerJob_PastTheMostSequencesOfAStep_GainsNothing()
    {
        var engine = new EngineModel(ModelShape.SmolLM3, Sheet.Find("A100"), Sheet);
        var work = Workload.Of("contract-analysis", 1, 30, 650);

        Assert.Equal(engine.SecondsPerJob(work, 8), engine.SecondsPerJob(work, 30), 1e-9);
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
