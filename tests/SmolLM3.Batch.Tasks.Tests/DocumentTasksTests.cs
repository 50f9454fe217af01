using System.Text.Json.Nodes;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests;

public class DocumentTasksTests
{
    private static readonly TaskRequest[] AllTasks =
    [
        new(TaskTypes.ContractAnalysis), new(TaskTypes.Summarize), new(TaskTypes.Translate, new JsonObject { ["target"] = "fr" }),
        new(TaskTypes.Prompt, new JsonObject { ["instructions"] = "What is this?" }),
    ];

    [Fact]
    public async Task RunAsync_SeveralTasks_ShareTheDocumentByteForByte()
    {
        var document = await Given.DocumentAsync(string.Concat(Enumerable.Repeat(Samples.Agreement + "\n\n", 6)));
        var model = new FakeModel(Reader.Answer, 4096);

        var results = await new DocumentTasks(model, TaskCatalog.Default, TimeProvider.System).RunAsync(document, AllTasks);

        Assert.All(results, result => Assert.Null(result.Error));
        int chunks = results[0].Json("contract-analysis.json")["plan"]!["chunks"]!.GetValue<int>();
        Assert.True(chunks > 1);
        var prefixes = model.Requests.Where(request => request.Messages[1].Content.StartsWith("Document: ", StringComparison.Ordinal))
            .Select(request => request.Messages[0].Content + request.Messages[1].Content.Split("\n---\n")[0]).ToList();
        Assert.Equal(chunks, prefixes.Distinct().Count());
        Assert.Equal(chunks * (8 + 1 + 1), prefixes.Count);
    }

    [Fact]
    public async Task RunAsync_SeveralTasks_AskPartByPart()
    {
        var document = await Given.DocumentAsync(string.Concat(Enumerable.Repeat(Samples.Agreement + "\n\n", 6)));
        var model = new FakeModel(Reader.Answer, 4096);

        await new DocumentTasks(model, TaskCatalog.Default, TimeProvider.System).RunAsync(document, AllTasks);

        var asked = model.Requests.Where(request => request.Messages[1].Content.StartsWith("Document: ", StringComparison.Ordinal))
            .Select(request => request.Messages[1].Content.Split("\n---\n")[0]).ToList();
        int changes = asked.Zip(asked.Skip(1)).Count(pair => pair.First != pair.Second);
        Assert.Equal(asked.Distinct().Count() - 1, changes);
    }

    [Fact]
    public async Task RunAsync_OneTaskEndsBeforeItAsks_TheOthersDoNotWaitForIt()
    {
        var document = await Given.DocumentAsync(Samples.Agreement);
        TaskRequest[] tasks = [new(TaskTypes.Summarize), new(
            TaskTypes.Prompt,
            new JsonObject { ["instructions"] = "What is this?", ["maxTokens"] = 32_000 }), new(TaskTypes.ContractAnalysis)];

        var results = await new DocumentTasks(new FakeModel(Reader.Answer, 4096), TaskCatalog.Default, TimeProvider.System)
            .RunAsync(document, tasks).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Contains("leave no room", results[1].Error);
        Assert.Null(results[0].Error);
        Assert.Null(results[2].Error);
    }

    [Fact]
    public async Task RunAsync_AllCompletionsOfAStage_AreSubmittedAtOnce()
    {
        var document = await Given.DocumentAsync(Samples.Agreement);
        var arrived = new TaskCompletionSource();
        var model = new GatedModel(new FakeModel(Reader.Answer), gate: 8, arrived);
        var running = Given.RunAsync(model, document, TaskTypes.ContractAnalysis);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Null((await running).Error);
    }

    [Fact]
    public async Task RunAsync_OneTaskFails_TheOthersSucceed()
    {
        var document = await Given.DocumentAsync(Samples.Agreement);
        var model = new FakeModel(request => request.Messages[^1].Content.EndsWith(
            "What is this?",
            StringComparison.Ordinal) ? throw new InvalidOperationException("The device is on fire.") : Reader.Answer(request));

        var results = await new DocumentTasks(model, TaskCatalog.Default, TimeProvider.System).RunAsync(document, AllTasks);

        Assert.Equal("The device is on fire.", results[3].Error);
        Assert.Empty(results[3].Files);
        Assert.All(results.Take(3), result => Assert.Null(result.Error));
    }

    [Fact]
    public async Task RunAsync_WrongTask_ThrowsBeforeAnythingRuns()
    {
        var document = await Given.DocumentAsync(Samples.Agreement);
        var model = new FakeModel(Reader.Answer);
        await Assert.ThrowsAsync<InvalidTaskException>(
            () => new DocumentTasks(model, TaskCatalog.Default, TimeProvider.System).RunAsync(document, [.. AllTasks, new("x")]));
        Assert.Empty(model.Requests);
    }

    [Fact]
    public async Task RunAsync_Cancelled_Throws()
    {
        var document = await Given.DocumentAsync(Samples.Agreement);
        using var source = new CancellationTokenSource();
        var model = new FakeModel(request =>
        {
            source.Cancel();
            source.Token.ThrowIfCancellationRequested();
            return "";
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new DocumentTasks(model, TaskCatalog.Default, TimeProvider.System).RunAsync(document, AllTasks, null, source.Token));
    }

    [Fact]
    public async Task RunAsync_Progress_EndsWhereEverythingIsDone()
    {
        var document = await Given.DocumentAsync(Samples.Agreement);
        var progress = new Recorder();
        var results = await new DocumentTasks(
            new FakeModel(Reader.Answer), TaskCatalog.Default, TimeProvider.System).RunAsync(document, AllTasks, progress);
        foreach (var result in results)
        {
            var last = progress.Last(result.Type);
            Assert.Equal(last.Total, last.Done);
            Assert.Equal(result.Json($"{result.Type}.json")["plan"]!["completions"]!.GetValue<int>(), last.Total);
        }
    }

    [Fact]
    public async Task RunAsync_Twice_GivesTheSameBytes()
    {
        var document = await Given.DocumentAsync(Samples.Agreement);
        foreach (var task in AllTasks)
        {
            var first = await Given.RunAsync(new FakeModel(Noise.Model(1), 4096), document, task.Type, task.Options);
            var second = await Given.RunAsync(new FakeModel(Noise.Model(1), 4096), document, task.Type, task.Options);
            Assert.Equal(
                first.Files.Select(file => Convert.ToHexString(file.Content.Span)),
                second.Files.Select(file => Convert.ToHexString(file.Content.Span)));
        }
    }

    [Fact]
    public async Task RunAsync_ContextTooSmall_SaysSo()
    {
        var document = await Given.DocumentAsync(Samples.Agreement);
        var result = await Given.RunAsync(new FakeModel(Reader.Answer, 512), document, TaskTypes.Summarize);
        Assert.Contains("512", result.Error);
        Assert.Contains("at least 1,024", result.Error);
    }

    private sealed class Recorder : IProgress<TaskProgress>
    {
        private readonly List<TaskProgress> _all = [];

        public void Report(TaskProgress value)
        {
            lock (_all) _all.Add(value);
        }

        public TaskProgress Last(string task)
        {
            lock (_all) return _all.Where(progress => progress.Task == task).OrderBy(progress => progress.Total)
                .ThenBy(progress => progress.Done).Last();
        }
    }

    /// <summary>Answers nothing until so many requests have arrived.</summary>
    private sealed class GatedModel(FakeModel inner, int gate, TaskCompletionSource arrived) : ILanguageModel
    {
        private int _count;

        public LanguageModelInfo Info => inner.Info;

        public int CountTokens(ReadOnlySpan<char> text) => inner.CountTokens(text);

        public int CountPromptTokens(IReadOnlyList<ChatMessage> messages, bool thinking = false) =>
            inner.CountPromptTokens(messages, thinking);

        public async Task<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Increment(ref _count) == gate) arrived.SetResult();
            await arrived.Task;
            return await inner.CompleteAsync(request, cancellationToken);
        }
    }
}
