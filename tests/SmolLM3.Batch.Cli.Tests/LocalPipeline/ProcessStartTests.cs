using SmolLM3.Batch.Cli.LocalPipeline;

namespace SmolLM3.Batch.Cli.Tests.LocalPipeline;

public sealed class ProcessStartTests
{
    [Fact]
    public void Of_ThisProcess_IsTheSameEachTime()
    {
        var start = ProcessStart.Of(Environment.ProcessId);

        Assert.NotNull(start);
        Assert.True(ProcessStart.Is(Environment.ProcessId, start));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("be223cab-40e2-4065-a318-98f4e2a3d4d3 1")]
    public void Is_AnotherStart_IsAnotherProcess(string start) => Assert.False(ProcessStart.Is(Environment.ProcessId, start));

    [Fact]
    public void Of_NoProcess_IsNull() => Assert.Null(ProcessStart.Of(int.MaxValue));
}
