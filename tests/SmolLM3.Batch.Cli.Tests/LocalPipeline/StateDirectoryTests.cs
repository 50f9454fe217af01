using System.Diagnostics;
using SmolLM3.Batch.Cli.LocalPipeline;

namespace SmolLM3.Batch.Cli.Tests.LocalPipeline;

public sealed class StateDirectoryTests : IDisposable
{
    private const string AnotherStart = "0";

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _started = [];
    private readonly StateDirectory _state;

    public StateDirectoryTests() => _state = new StateDirectory(_folder.Path);

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited) process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        _folder.Dispose();
    }

    [Fact]
    public void Running_OwnerRuns_IsThatPipeline()
    {
        var owner = StartDotnet().Id;
        _state.Describe(Pipeline(owner, ProcessStart.Of(owner)));

        Assert.Equal(owner, _state.Running()?.OwnerProcess);
    }

    [Fact]
    public void Running_OwnersIdIsAnotherProcessNow_IsNone()
    {
        _state.Describe(Pipeline(StartDotnet().Id, AnotherStart));

        Assert.Null(_state.Running());
    }

    // As process 1 of a container that was killed and started again.
    [Fact]
    public void Running_OwnersIdIsThisProcess_IsNone()
    {
        _state.Describe(Pipeline(Environment.ProcessId, ProcessStart.Of(Environment.ProcessId)));

        Assert.Null(_state.Running());
    }

    [Fact]
    public void Running_NoStartWritten_GoesByTheName()
    {
        var owner = StartDotnet().Id;
        _state.Describe(Pipeline(owner, null));

        Assert.Equal(owner, _state.Running()?.OwnerProcess);
    }

    [Fact]
    public void Running_HalfADescription_IsNone()
    {
        _folder.Write("pipeline.json", "{\"ownerProcess\": 1,");

        Assert.Null(_state.Running());
    }

    [Fact]
    public void EndLeftovers_ItsProcess_IsEnded()
    {
        var left = StartDotnet();
        _state.Describe(Pipeline(Environment.ProcessId, null, ("worker-1", left.Id, ProcessStart.Of(left.Id))));

        _state.EndLeftovers();

        Assert.True(left.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.False(File.Exists(Path.Combine(_folder.Path, "pipeline.json")));
    }

    [Theory]
    [InlineData(AnotherStart)]
    [InlineData(null)]
    public void EndLeftovers_IdMayBeAnotherProcessNow_LetsItRun(string? start)
    {
        var other = StartDotnet();
        _state.Describe(Pipeline(Environment.ProcessId, null, ("worker-1", other.Id, start)));

        _state.EndLeftovers();

        Assert.False(other.WaitForExit(TimeSpan.FromSeconds(1)));
        Assert.False(File.Exists(Path.Combine(_folder.Path, "pipeline.json")));
    }

    private static LocalEndpoints Pipeline(int owner, string? ownerStart, params (string Name, int Id, string? Start)[] processes) => new()
    {
        OwnerProcess = owner,
        OwnerStart = ownerStart,
        Api = "http://localhost:1",
        Storage = LocalEndpoints.StorageConnection(1),
        ServiceBus = LocalEndpoints.ServiceBusConnection("servicebus.db"),
        Processes = processes.ToDictionary(process => process.Name, process => process.Id),
        ProcessStarts = processes.Where(process => process.Start is not null).ToDictionary(
            process => process.Name, process => process.Start!),
    };

    // Named as all .NET programs are; waits for messages on its standard input.
    private Process StartDotnet()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true };
        foreach (var argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "smollm3.dll"), "prompt", "--messages", "-"])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        _started.Add(process);
        return process;
    }
}
