using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Work;

/// <summary>Workers with two revisions of a model, one attempt each: a result is all of one.</summary>
public class ModelRolloutTests
{
    private static readonly LanguageModelInfo Old = new("fake", "1", 65536);
    private static readonly LanguageModelInfo New = new("fake", "2", 65536);
    private static readonly JobId Id = JobId.Parse("job");

    [Fact]
    public async Task ProcessAsync_WorkerOfAnotherRevisionDiedAtEveryWrite_LeavesFilesOfOneRevision()
    {
        await using var stack = await LocalStack.StartAsync();
        for (var crashAt = 1; ; crashAt++)
        {
            var id = $"job-{crashAt}";
            await stack.Process().AcceptAsync(JobsOf.Request(), id);
            using var killed = new CancellationTokenSource();
            var plan = new CrashPlan(crashAt, afterEffect: true, killed);
            try
            {
                await stack.Process(new Told("old", Old), plan).WorkAsync(id, 1, killed.Token);
            }
            catch (CrashException)
            {
                Assert.True(plan.Crashed);
            }
            if (!plan.Crashed)
                break;
            stack.Time.Advance(TimeSpan.FromMinutes(5));
            var process = stack.Process(new Told("new", New));
            Assert.Equal(Settlement.Complete, await process.WorkAsync(id, 2));

            var manifest = (await process.ManifestAsync(id))!;
            var (told, other) = manifest.Model.Revision == "1" ? ("old", "new") : ("new", "old");
            foreach (var file in manifest.Tasks.SelectMany(task => task.Files))
            {
                await using var content = (await process.GetRequiredService<ResultStore>().OpenAsync(JobId.Parse(id), file.Name))!;
                using var copy = new MemoryStream();
                await content.CopyToAsync(copy);
                Assert.Equal(file.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(copy.ToArray())));
                if (file.Name.EndsWith(".docx", StringComparison.Ordinal))
                    continue;
                var text = System.Text.Encoding.UTF8.GetString(copy.ToArray());
                Assert.Contains($"{told} words", text);
                Assert.DoesNotContain($"{other} words", text);
            }
        }
    }

    [Fact]
    public async Task WriteAsync_EarlierAttemptComesBackFromTheDead_CannotOverwrite()
    {
        await using var stack = await LocalStack.StartAsync();
        var results = stack.Process().GetRequiredService<ResultStore>();
        var first = new JobRecord { Id = Id, State = JobState.Running, Door = JobDoor.Http, CreatedAt = default, UpdatedAt = default, Attempts = 1 };
        await results.WriteAsync(first, Old, "a.md", "text/markdown", "old"u8.ToArray());
        var taken = await results.WriteAsync(first with { Attempts = 2 }, New, "a.md", "text/markdown", "newer"u8.ToArray());
        Assert.Equal(5, taken.Bytes);

        await Assert.ThrowsAsync<ClaimLostException>(() => results.WriteAsync(first, Old, "a.md", "text/markdown", "old"u8.ToArray()));

        await using var content = (await results.OpenAsync(Id, "a.md"))!;
        Assert.Equal("newer", await new StreamReader(content).ReadToEndAsync());
    }

    [Fact]
    public async Task ProcessAsync_ClaimLostBeforeTheCommit_CommitsNothing()
    {
        await using var stack = await LocalStack.StartAsync();
        var (started, thaw) = (new TaskCompletionSource(), new TaskCompletionSource());
        var frozen = stack.Process(
            new FakeModel { Info = Old, Before = (_, _) => { started.TrySetResult(); return thaw.Task; } }, time: new ManualTime());
        await frozen.AcceptAsync(JobsOf.Request(), "job");
        var work = frozen.WorkAsync("job");
        await started.Task;
        stack.Time.Advance(TimeSpan.FromMinutes(5));
        await stack.Process().GetRequiredService<JobClaims>().ClaimAsync(Id, "other");
        thaw.SetResult();
        Assert.Equal(Settlement.Abandon, await work);
        Assert.Null(await frozen.ManifestAsync("job"));
    }

    private sealed class Told(string word, LanguageModelInfo info) : ILanguageModel
    {
        private readonly FakeModel _inner = new() { Info = info };

        public LanguageModelInfo Info => info;

        public int CountTokens(ReadOnlySpan<char> text) => _inner.CountTokens(text);

        public int CountPromptTokens(IReadOnlyList<ChatMessage> messages, bool thinking = false) =>
            _inner.CountPromptTokens(messages, thinking);

        public async Task<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default)
        {
            var completion = await _inner.CompleteAsync(request, cancellationToken);
            return completion with { Text = request.JsonSchema is null ? $"{word} words" : completion.Text.Replace("\"x\"", $"\"{word} words\"") };
        }
    }
}
