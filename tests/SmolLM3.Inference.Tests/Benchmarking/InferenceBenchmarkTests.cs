using SmolLM3.Inference.Benchmarking;

namespace SmolLM3.Inference.Tests.Benchmarking;

public sealed class InferenceBenchmarkTests
{
    [Fact]
    public async Task RunAsync_TinyShape_MeasuresEveryCase()
    {
        var report = await InferenceBenchmark.RunAsync(
            new() { Shape = "tiny", BatchSizes = [1, 3], PromptLengths = [16], GeneratedTokens = 8, Device = "cpu" });
        Assert.Equal([1, 3], report.Cases.Select(measured => measured.BatchSize));
        Assert.All(report.Cases, measured =>
        {
            Assert.True(measured.PrefillTokensPerSecond > 0);
            Assert.True(measured.DecodeTokensPerSecond > 0);
            Assert.InRange(measured.OverheadShare, 0, 1);
            Assert.InRange(measured.TimeToFirstTokenSeconds, 0, 60);
        });
        Assert.True(report.Machine.ReadBytesPerSecond > 1e8);
        Assert.True(report.Machine.FlopsPerSecond > 1e8);
        Assert.Equal(2 * report.Parameters, report.WeightBytes);
    }

    [Fact]
    public void ModelWork_SmolLM3_CountsWhatTheModelCardSays()
    {
        var work = new ModelWork(ModelShapes.Get("smollm3-3b"), elementSize: 2);
        Assert.Equal(3_075_098_624, work.Parameters);
        Assert.Equal(73_728, work.KvBytesPerToken);
        Assert.Equal(work.WeightBytes, work.DecodeBytes(1, 0), work.WeightBytes * 1e-3);
    }

    [Fact]
    public async Task RunAsync_UnknownShape_NamesTheKnownOnes()
        => Assert.Contains(
            "smollm3-3b", (await Assert.ThrowsAsync<ArgumentException>(() => InferenceBenchmark.RunAsync(new() { Shape = "7b" }))).Message);
}
