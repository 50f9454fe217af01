using SmolLM3.Batch.Cli.LocalPipeline;

namespace SmolLM3.Batch.Cli.Tests.LocalPipeline;

public class ProcessLogTests
{
    [Fact]
    public void Write_DiskFull_LosesLinesAndNothingElse()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "only Linux has a device that is always full");
        using var log = new ProcessLog("/dev/full");
        for (var line = 0; line < 100; line++) log.Write("a line that has no room");
    }

    [Fact]
    public void Write_AfterItWasClosed_IsPassedOver()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "a.log");
        var log = new ProcessLog(path);
        log.Write("first");
        log.Dispose();
        log.Write("late");
        Assert.Equal("first\n", File.ReadAllText(path));
    }
}
