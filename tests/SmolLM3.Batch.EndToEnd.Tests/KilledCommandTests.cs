using System.Diagnostics;
using System.Text.Json;

namespace SmolLM3.Batch.EndToEnd.Tests;

public sealed class KilledCommandTests(PipelineFixture pipeline)
{
    [Fact]
    public async Task Kill_Command_ItsProcessesLeaveAndTheNextOneStarts()
    {
        var state = Path.Combine(pipeline.Folder, "killed");
        var first = await StartAsync(state);

        var left = await KillAsync(state, first);
        var second = await StartAsync(state);
        await KillAsync(state, second);

        Assert.Equal(["blobs", "functions", "worker-1"], left.Order(StringComparer.Ordinal));
    }

    private async Task<Process> StartAsync(string state)
    {
        var process = Cli.Start(
            pipeline.Folder, pipeline.Home, "up", "--state", state, "--port", "0", "--blob-port", "0", "--workers", "1");
        var errors = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        await pipeline.WaitForAsync(
            "the pipeline to come up",
            async () => process.HasExited ? throw new InvalidOperationException(await errors) : IsUp(state, process) ? process : null,
            TimeSpan.FromMinutes(2));
        return process;
    }

    private async Task<IEnumerable<string>> KillAsync(string state, Process command)
    {
        var children = Describe(state).GetProperty("processes").Deserialize<Dictionary<string, int>>()!;
        Assert.All(children.Values, child => Assert.True(IsAlive(child)));
        command.Kill();
        await pipeline.WaitForAsync(
            "the processes of the killed command to leave",
            () => Task.FromResult(children.Values.Any(IsAlive) ? null : "left"),
            TimeSpan.FromSeconds(60));
        command.Dispose();
        return children.Keys;
    }

    private static bool IsUp(string state, Process command) =>
        File.Exists(Path.Combine(state, "pipeline.json")) && Describe(state).GetProperty("ownerProcess").GetInt32() == command.Id;

    private static JsonElement Describe(string state) =>
        JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(state, "pipeline.json")));

    private static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
