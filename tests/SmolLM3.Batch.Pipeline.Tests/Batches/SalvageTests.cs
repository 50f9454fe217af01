using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;
using static SmolLM3.Batch.Pipeline.Tests.Batches.BatchSteps;

namespace SmolLM3.Batch.Pipeline.Tests.Batches;

/// <summary>A shard that ends in the middle keeps the lines that are answered.</summary>
public class SalvageTests
{
    private const int Lines = 8;

    [Fact]
    public async Task Batch_CancelledInTheMiddleOfAShard_KeepsWhatIsAnswered()
    {
        await using var stack = await LocalStack.StartAsync();
        var (process, batch, work) = await HalfDoneAsync(stack);
        var cancelling = await process.GetRequiredService<BatchService>().CancelAsync(batch.Id);
        Assert.Equal(BatchState.Cancelling, cancelling!.State);
        await stack.Time.UntilAsync(() => work.IsCompleted);
        Assert.Equal(Settlement.Complete, await work);
        await AssertHalfAsync(stack, process, batch.Id, BatchState.Cancelled, "batch_cancelled");
        Assert.Equal((JobState.Cancelled, 9), (
            (await process.RecordAsync($"{batch.Id}-00001")).State,
            (await process.RecordAsync($"{batch.Id}-00001")).Usage.CompletionTokens));
    }

    [Fact]
    public async Task Batch_WindowPassesInTheMiddleOfAShard_KeepsWhatIsAnswered()
    {
        await using var stack = await LocalStack.StartAsync();
        var (process, batch, work) = await HalfDoneAsync(stack);
        await stack.Time.UntilAsync(() => work.IsCompleted, TimeSpan.FromHours(1));
        Assert.Equal(Settlement.Complete, await work);
        await AssertHalfAsync(stack, process, batch.Id, BatchState.Expired, "batch_expired");
    }

    [Fact]
    public async Task Batch_CancelledWhileItsWorkerIsDead_KeepsWhatIsAnswered()
    {
        await using var stack = await LocalStack.StartAsync();
        using var killed = new CancellationTokenSource();
        var (process, batch, work) = await HalfDoneAsync(stack, killed.Token);
        await killed.CancelAsync();
        Assert.Equal(Settlement.Abandon, await work);
        // Given back, and nobody takes it: the functions end it by themselves.
        var functions = stack.Process();
        await functions.GetRequiredService<BatchService>().CancelAsync(batch.Id);
        await AssertHalfAsync(stack, functions, batch.Id, BatchState.Cancelled, "batch_cancelled");
    }

    [Fact]
    public async Task Shard_OutOfAttempts_KeepsWhatIsAnswered()
    {
        await using var stack = await LocalStack.StartAsync();
        using var killed = new CancellationTokenSource();
        var (process, batch, work) = await HalfDoneAsync(stack, killed.Token);
        await killed.CancelAsync();
        Assert.Equal(Settlement.Abandon, await work);
        var id = $"{batch.Id}-00001";
        await process.GetRequiredService<JobFinisher>().FinishAsync(
            JobId.Parse(id), record => record.Fail(new JobError(ErrorCodes.AttemptsExhausted, "Ten times."), stack.Time.GetUtcNow()));
        await AssertHalfAsync(stack, process, batch.Id, BatchState.Completed, "server_error", failed: 5);
        Assert.Equal(
            (JobState.Failed, ErrorCodes.AttemptsExhausted),
            ((await process.RecordAsync(id)).State, (await process.RecordAsync(id)).Error!.Code));
    }

    [Fact]
    public async Task Salvage_MetByAWorkerThatFinishesAfterAll_OneOfThemDecides()
    {
        await using var stack = await LocalStack.StartAsync();
        using var killed = new CancellationTokenSource();
        var (process, batch, work) = await HalfDoneAsync(stack, killed.Token);
        await killed.CancelAsync();
        await work;
        var id = JobId.Parse($"{batch.Id}-00001");
        var shard = await process.RecordAsync(id.ToString());
        var salvage = process.GetRequiredService<ShardSalvage>();
        var first = await salvage.CommitAsync(shard, shard.Cancel(stack.Time.GetUtcNow())!);

        var done = stack.Process(new FakeModel());
        Assert.Equal(Settlement.Complete, await done.WorkAsync(id.ToString(), 2));

        Assert.Equivalent(first, await done.ManifestAsync(id.ToString()));
        Assert.Equal(JobState.Cancelled, (await done.RecordAsync(id.ToString())).State);
        Assert.Equal(first!.Tasks[0].Files.Count, (await stack.BlobNamesAsync(ContainerNames.Results, $"{id}/")).Count(
            name => !name.EndsWith("manifest.json", StringComparison.Ordinal)));
    }

    // A batch of one shard: a broken line, and lines of which the first three are answered and the others under way.
    private static async Task<(
        ServiceProvider Process, BatchRecord Batch,
        Task<Settlement> Work)> HalfDoneAsync(LocalStack stack, CancellationToken killed = default)
    {
        var process = stack.Process(
            new FakeModel { Before = (call, token) => call <= 3 ? Task.CompletedTask : Task.Delay(Timeout.Infinite, token) });
        var batch = await CreateAsync(
            process, string.Join('\n', Enumerable.Range(0, Lines).Select(i => i == 5 ? "broken" : Line($"r{i}", $"q{i}"))));
        await PlanAsync(process, batch.Id);
        var work = process.WorkAsync($"{batch.Id}-00001", 1, killed);
        await stack.Time.UntilAsync(
            async () => (await stack.BlobNamesAsync(
                ContainerNames.Jobs, BlobNames.CheckpointPrefix(JobId.Parse($"{batch.Id}-00001")))).Count == 4, TimeSpan.Zero);
        return (process, batch, work);
    }

    private static async Task AssertHalfAsync(
        LocalStack stack, ServiceProvider process, string id, BatchState state, string code, int failed = 1)
    {
        await process.GetRequiredService<BatchService>().AdvanceAsync(id);
        var batch = (await process.GetRequiredService<BatchStore>().FindAsync(id))!;
        Assert.Equal(state, batch.State);
        var output = await ReadAsync(process, batch.OutputFileId);
        Assert.Equal(3, output.Count);
        Assert.All(
            output, line => Assert.StartsWith("answer ", (string?)line["response"]!["body"]!["choices"]![0]!["message"]!["content"]));
        var errors = await ReadAsync(process, batch.ErrorFileId);
        Assert.Equal(5, errors.Count);
        Assert.Equal(4, errors.Count(line => (string?)line["error"]!["code"] == code));
        Assert.Single(errors, line => (string?)line["error"]!["code"] == "invalid_json_line");
        Assert.Equal(
            Enumerable.Range(0, Lines).Select(i => i == 5 ? null : $"r{i}").Order(),
            output.Concat(errors).Select(line => (string?)line["custom_id"]).Order());
        Assert.Equal((3, failed, 9), (batch.Shards[0].Completed, batch.Shards[0].Failed, (int)batch.Shards[0].Usage.CompletionTokens));
        Assert.Empty(await stack.BlobNamesAsync(ContainerNames.Jobs, BlobNames.CheckpointPrefix(JobId.Parse($"{id}-00001"))));
        Assert.Empty(await stack.BlobNamesAsync(ContainerNames.Jobs, BlobNames.ActiveBatchesPrefix));
    }
}
