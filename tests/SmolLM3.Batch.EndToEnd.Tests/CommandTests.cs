using System.Text.Json;

namespace SmolLM3.Batch.EndToEnd.Tests;

public sealed class CommandTests(PipelineFixture pipeline) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("smollm3-cli-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Run_GoodAndBadDocuments_FinishesTheGoodAndExitsOne()
    {
        Write("in/summarize/good.md", "# Notice\n\nThe canteen opens at eight.\n");
        Write("in/summarize/empty.md", "");

        var (code, output, error) = await Cli.RunAsync(_folder.FullName, pipeline.Home, null, "run", "in");

        Assert.True(code == 1, $"{code}\n{output}\n{error}");
        Assert.Contains("1 of 2 succeeded", output);
        Assert.Contains("empty", output);
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "results", "summarize", "good.md", "manifest.json")));
    }

    [Fact]
    public async Task Run_EmptyWeightsFile_SaysSoAndExitsOne()
    {
        foreach (var file in Directory.EnumerateFiles(Reference("tiny"))) File.Copy(file, Path.Combine(
            Directory.CreateDirectory(Path.Combine(_folder.FullName, "model")).FullName, Path.GetFileName(file)));
        File.WriteAllBytes(Path.Combine(_folder.FullName, "model", "model.safetensors"), []);
        Write("a.md", "text");

        var (code, output, error) = await Cli.RunAsync(_folder.FullName, pipeline.Home, null, "run", "a.md", "--model", "model");

        Assert.True(code == 1, output);
        Assert.Contains("model.safetensors", error);
    }

    [Fact]
    public async Task Generate_ReferenceCheckpoint_PrintsItsGreedyTokens()
    {
        var tiny = Reference("tiny");
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(tiny, "cases.json")));
        foreach (var reference in cases.RootElement.GetProperty("cases").EnumerateArray())
        {
            var expected = reference.GetProperty("greedy").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            var prompt = string.Join(',', reference.GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32()));

            var (code, output, error) = await Cli.RunAsync(_folder.FullName, pipeline.Home, null,
                "generate", "--model", tiny, "--token-ids", prompt, "--max-tokens", $"{expected.Length}", "--temperature", "0", "--json");

            Assert.True(code == 0, error);
            Assert.Equal(expected, JsonSerializer.Deserialize<JsonElement>(output).GetProperty("tokenIds").Deserialize<int[]>());
        }
    }

    [Fact]
    public async Task Prompt_Messages_RendersTheTemplate()
    {
        Write("messages.json", """[{"role":"user","content":"Hi"}]""");

        var (code, output, _) = await Cli.RunAsync(
            _folder.FullName, pipeline.Home, null, "prompt", "--messages", "messages.json", "--today", "2026-08-29", "--no-think");

        Assert.Equal(0, code);
        Assert.StartsWith(
            "<|im_start|>system\n## Metadata\n\nKnowledge Cutoff Date: June 2025\nToday Date: 29 August 2026\nReasoning Mode: /no_think\n",
            output);
        Assert.EndsWith("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n", output);
    }

    [Fact]
    public async Task SubmitStatusResult_AgainstTheRunningPipeline_WorkTogether()
    {
        var (submitted, id, submitError) = await Cli.RunAsync(
            _folder.FullName, pipeline.Home, null, "submit", "--text", "The gate closes at ten.", "--task", "summarize", "--state",
            pipeline.State);
        Assert.True(submitted == 0, submitError);

        var (watched, table, _) = await Cli.RunAsync(
            _folder.FullName, pipeline.Home, null, "status", id.Trim(), "--watch", "--state", pipeline.State);
        Assert.True(watched == 0, table);

        var (shown, json, _) = await Cli.RunAsync(
            _folder.FullName, pipeline.Home, null, "result", id.Trim(), "--format", "json", "--state", pipeline.State);
        Assert.Equal(0, shown);
        Assert.Equal(JsonValueKind.Object, JsonSerializer.Deserialize<JsonElement>(json).ValueKind);
    }

    [Fact]
    public async Task Status_NoPipeline_SaysHowToStartOne()
    {
        var (code, _, error) = await Cli.RunAsync(_folder.FullName, pipeline.Home, null, "status", "--state", "nothing-here");

        Assert.Equal(1, code);
        Assert.Contains("./smollm3 up", error);
    }

    // The reference checkpoints that the engine's tests carry.
    private static string Reference(string name) => Path.Combine(Cli.Repository, "tests", "SmolLM3.Inference.Tests", "Reference", name);

    private void Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
