using System.Diagnostics;
using System.Text.Json;

namespace SmolLM3.Measure.Tests;

/// <summary>Every verb on the CPU with the tiny shape: the rehearsal of what runs on a GPU.</summary>
public sealed class VerbTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("smollm3-measure-");

    private string Results => Path.Combine(_folder.FullName, "results.jsonl");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Reference_TinyCheckpoint_AgreesWithTransformers()
    {
        var result = await ResultAsync("reference", "--data", Path.Combine(AppContext.BaseDirectory, "Reference"), "--dtype", "Float32");
        Assert.InRange(result.GetProperty("worstLogitError").GetDouble(), 0, 1e-4);
        foreach (var (equal, all) in new[] { ("lastArgmaxEqual", "cases"), ("argmaxEqual", "positionsCompared"), ("greedyEqual", "cases"), ("greedyPrefix", "greedyTokens") })
            Assert.Equal(result.GetProperty(all).GetInt32(), result.GetProperty(equal).GetInt32());
    }

    [Fact]
    public async Task Bench_MoreThanTheCacheHolds_IsSkippedWithAReason()
    {
        // 400 tokens of KV cache.
        Assert.Equal(0, await RunAsync("bench", "--batch", "1,4", "--prompt", "24,200", "--max-tokens", "6", "--kv-gb", "0.00041"));
        var lines = Lines();
        Assert.Equal([(1, 24), (4, 24), (1, 200)], lines.Where(line => Kind(line) == "case").Select(Case));
        Assert.All(
            lines.Where(line => Kind(line) == "case"),
            line => Assert.True(line.GetProperty("result").GetProperty("decodeTokensPerSecond").GetDouble() > 0));
        var skipped = Assert.Single(lines, line => Kind(line) == "skipped");
        Assert.Equal((4, 200), Case(skipped));
        Assert.Contains("KV cache", skipped.GetProperty("result").GetProperty("reason").GetString());
        Assert.Single(lines, line => Kind(line) == "ceilings");
    }

    [Fact]
    public async Task Checkpoint_WhatWasWritten_RunsTheMixedLoadAndStarts()
    {
        var checkpoint = Path.Combine(_folder.FullName, "checkpoint");
        string[] load = ["--documents", "4", "--shortest", "20", "--longest", "120", "--max-tokens", "6"];
        Assert.Equal(0, await Program.RunAsync(["checkpoint", checkpoint, "--shape", "tiny", .. load]));
        using var written = JsonDocument.Parse(File.ReadAllText(Path.Combine(checkpoint, "load.json")));
        var lengths = written.RootElement.GetProperty("lengths").EnumerateArray().Select(length => length.GetInt32()).ToList();
        Assert.Equal(4, lengths.Count);
        Assert.All(lengths, length => Assert.InRange(length, 20, 120));

        var mixed = await ResultAsync(["mixed", "--checkpoint", checkpoint, .. load]);
        Assert.Equal(lengths.Sum(), mixed.GetProperty("promptTokens").GetInt32());
        Assert.Equal(24, mixed.GetProperty("generatedTokens").GetInt32());
        Assert.True((await ResultAsync("coldstart", "--checkpoint", checkpoint)).GetProperty("totalSeconds").GetDouble() > 0);
    }

    [Fact]
    public async Task Steps_ManyOfThem_LeaveNoTensors()
    {
        var result = await ResultAsync("steps", "--count", "100");
        Assert.True(result.GetProperty("steps").GetInt32() >= 100);
        Assert.Equal(result.GetProperty("tensorsBefore").GetInt64(), result.GetProperty("tensorsAfter").GetInt64());
    }

    [Fact]
    public async Task Long_ToTheEnd_GeneratesAllItsTokens()
    {
        var result = await ResultAsync("long", "--tokens", "1200", "--max-tokens", "8");
        Assert.Equal((1192, 8), (result.GetProperty("promptTokens").GetInt32(), result.GetProperty("generatedTokens").GetInt32()));
    }

    [Fact]
    public async Task Mixed_DocumentsThatDoNotFit_IsALineThatSaysSo()
    {
        Assert.Equal(1, await RunAsync("mixed", "--documents", "1", "--shortest", "50", "--longest", "50", "--kv-gb", "0.00001"));
        Assert.Contains("KV cache", Assert.Single(Lines()).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Tables_OfResults_HoldEveryMeasurement()
    {
        if (!await PythonAsync("--version")) Assert.Skip("python3 is not there.");
        Assert.Equal(0, await RunAsync("bench", "--batch", "2", "--prompt", "16", "--max-tokens", "4"));
        Assert.Equal(0, await RunAsync("mixed", "--documents", "2", "--shortest", "10", "--longest", "20", "--max-tokens", "2", "--plain"));
        File.AppendAllText(Results, "{\"kind\":\"cut sho");
        var output = Path.Combine(_folder.FullName, "tables.md");

        Assert.True(await PythonAsync("-B", Script("tables.py"), Results, "--shape", "tiny", ">", output));

        var tables = File.ReadAllText(output);
        Assert.Contains("| 1 | BFloat16 | 1024 | 2 | 16 |", tables);
        Assert.Contains("| SmolLM3.Batch | version 1, step tokens 1024 | 2 |", tables);
        Assert.Contains("### What did not run\n\nNone.", tables);
    }

    [Fact]
    public async Task Peers_WithoutTransformers_SayWhatIsMissing()
    {
        if (!await PythonAsync("--version")) Assert.Skip("python3 is not there.");
        if (await PythonAsync("-c", "'import transformers'")) Assert.Skip("transformers is there.");
        var checkpoint = Path.Combine(_folder.FullName, "checkpoint");
        Assert.Equal(0, await Program.RunAsync(["checkpoint", checkpoint, "--shape", "tiny", "--documents", "1"]));

        Assert.False(await PythonAsync("-B", Script("peers.py"), "--checkpoint", checkpoint, "--device", "cpu", "--out", Results));

        Assert.Contains(Lines(), line => Kind(line) == "mixed");
        Assert.All(Lines(), line => Assert.Contains("No module named", line.GetProperty("error").GetString()));
    }

    private async Task<JsonElement> ResultAsync(params string[] arguments)
    {
        Assert.Equal(0, await RunAsync(arguments));
        return Lines().Last(line => Kind(line) == arguments[0]).GetProperty("result");
    }

    private Task<int> RunAsync(params string[] arguments) =>
        Program.RunAsync([.. arguments, "--shape", "tiny", "--device", "cpu", "--out", Results]);

    private List<JsonElement> Lines() => [.. File.ReadAllLines(Results).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];

    private static string? Kind(JsonElement line) => line.GetProperty("kind").GetString();

    private static (int, int) Case(JsonElement line) =>
        (line.GetProperty("result").GetProperty("batchSize").GetInt32(), line.GetProperty("result").GetProperty("promptTokens").GetInt32());

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Scripts", name);

    /// <summary>By a shell, which redirects; whether it went well.</summary>
    private static async Task<bool> PythonAsync(params string[] arguments)
    {
        if (!File.Exists("/bin/sh"))
            return false;
        using var process = Process.Start(new ProcessStartInfo(
            "/bin/sh", ["-c", $"python3 {string.Join(' ', arguments)}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync());
        return process.ExitCode == 0;
    }
}
