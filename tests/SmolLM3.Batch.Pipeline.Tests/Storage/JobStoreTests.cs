using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Storage;

public class JobStoreTests
{
    [Fact]
    public async Task UpdateAsync_ManyAtOnce_LosesNone()
    {
        await using var stack = await LocalStack.StartAsync();
        var store = stack.Process(
            time: TimeProvider.System, settings: ("Pipeline:MaxUpdateAttempts", "100")).GetRequiredService<JobStore>();
        await store.TryCreateAsync(Record());
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() =>
            store.UpdateAsync(JobId.Parse("j"), record => record with { Attempts = record.Attempts + 1 }))));
        Assert.Equal(12, (await store.FindAsync(JobId.Parse("j")))!.Attempts);
    }

    [Fact]
    public async Task UpdateAsync_FinalMovesAtOnce_OneWins()
    {
        await using var stack = await LocalStack.StartAsync();
        var store = stack.Process(time: TimeProvider.System).GetRequiredService<JobStore>();
        await store.TryCreateAsync(Record());
        var now = DateTimeOffset.UnixEpoch;
        Func<JobRecord, JobRecord?>[] moves =
            [record => record.Cancel(now), record => record.Expire(now), record => record.Fail(new JobError("x", "y"), now), record => record.Claim("w", now)];
        var updates = await Task.WhenAll(moves.Concat(moves).Select(move => Task.Run(() => store.UpdateAsync(JobId.Parse("j"), move))));
        Assert.Single(updates, update => update is { Changed: true, Record.State: not JobState.Running });
        Assert.True((await store.FindAsync(JobId.Parse("j")))!.State.IsFinal());
    }

    [Fact]
    public async Task UpdateAsync_AlwaysBeaten_GivesUpInBoundedTime()
    {
        await using var stack = await LocalStack.StartAsync();
        var store = stack.Process(time: TimeProvider.System, settings: ("Pipeline:MaxUpdateAttempts", "3")).GetRequiredService<JobStore>();
        await store.TryCreateAsync(Record());
        var other = stack.Process(time: TimeProvider.System).GetRequiredService<JobStore>();
        var attempts = 0;
        await Assert.ThrowsAsync<TimeoutException>(() => store.UpdateAsync(JobId.Parse("j"), record =>
        {
            attempts++;
            // Somebody else is always faster.
            other.UpdateAsync(JobId.Parse("j"), mine => mine with { Attempts = mine.Attempts + 1 }).GetAwaiter().GetResult();
            return record with { Attempts = -1 };
        }));
        Assert.Equal(3, attempts);
    }

    private static JobRecord Record() => new()
    {
        Id = JobId.Parse("j"), State = JobState.Accepted, Door = JobDoor.Http, CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        Deadline = DateTimeOffset.UnixEpoch,
    };
}
