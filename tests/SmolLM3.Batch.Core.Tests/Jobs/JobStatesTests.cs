using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Core.Tests.Jobs;

public class JobStatesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void CanMove_Final_LeadsNowhere()
    {
        foreach (var from in JobStates.All.Where(state => state.IsFinal()))
            Assert.All(JobStates.All, to => Assert.False(JobStates.CanMove(from, to)));
    }

    [Fact]
    public void Transitions_AnySequence_OnlyMoveForward()
    {
        var random = new Random(7);
        for (var run = 0; run < 2000; run++)
        {
            var record = new JobRecord { Id = JobId.Parse("a"), State = JobState.Accepted, Door = JobDoor.Http, CreatedAt = Start, UpdatedAt = Start, Deadline = Start.AddDays(1) };
            for (var step = 0; step < 12; step++)
            {
                var now = Start.AddSeconds(step + 1);
                var changed = Change(record, random, now);
                if (changed is null)
                    continue;
                Assert.False(record.State.IsFinal(), $"{record.State} was left for {changed.State}");
                Assert.True(changed.State >= record.State);
                Assert.Equal(changed.State.IsFinal(), changed.FinishedAt is not null);
                Assert.True(changed.Attempts >= record.Attempts);
                Assert.InRange(changed.GivenBack, record.GivenBack, changed.Attempts);
                Assert.True(!record.CancelRequested || changed.CancelRequested, "a cancellation was forgotten");
                if (changed.State.IsFinal())
                    Assert.Null(changed.Worker);
                record = changed;
            }
        }
    }

    [Fact]
    public void Beat_OfAWorkerThatLostItsClaim_ChangesNothing()
    {
        var record =
            new JobRecord { Id = JobId.Parse("a"), State = JobState.Accepted, Door = JobDoor.Http, CreatedAt = Start, UpdatedAt = Start };
        var claimed = record.Claim("first", Start)!.Claim("second", Start)!;
        Assert.Null(claimed.Beat("first", new JobProgress(1, 2), Start));
        Assert.Null(claimed.Release("first", Start));
        Assert.Equal(1, claimed.Beat("second", new JobProgress(1, 2), Start)!.Progress.Done);
        Assert.Equal(2, claimed.Attempts);
    }

    [Fact]
    public void RequestCancel_Accepted_EndsAtOnce_Running_WaitsForItsWorker()
    {
        var record =
            new JobRecord { Id = JobId.Parse("a"), State = JobState.Accepted, Door = JobDoor.Http, CreatedAt = Start, UpdatedAt = Start };
        Assert.Equal(JobState.Cancelled, record.RequestCancel(Start)!.State);
        var running = record.Claim("w", Start)!.RequestCancel(Start)!;
        Assert.Equal(JobState.Running, running.State);
        Assert.True(running.CancelRequested);
        Assert.Null(running.RequestCancel(Start));
    }

    [Theory]
    [InlineData(true, true, JobState.Succeeded)]
    [InlineData(true, false, JobState.PartiallySucceeded)]
    [InlineData(false, false, JobState.Failed)]
    public void Finish_ByOutcomes_GivesTheState(bool first, bool second, JobState expected)
    {
        var record =
            new JobRecord { Id = JobId.Parse("a"), State = JobState.Running, Door = JobDoor.Http, CreatedAt = Start, UpdatedAt = Start };
        var finished = record.Finish(
            [new("a", first, first ? null : "x"), new("b", second, second ? null : "y")], new TokenUsage(1, 0, 2), Start)!;
        Assert.Equal(expected, finished.State);
        Assert.Equal(expected == JobState.Succeeded, finished.Error is null);
    }

    [Fact]
    public void ToName_RoundTrips() =>
        Assert.All(JobStates.All, state => Assert.True(JobStates.TryParse(state.ToName(), out var parsed) && parsed == state));

    private static JobRecord? Change(JobRecord record, Random random, DateTimeOffset now) => random.Next(10) switch
    {
        0 => record.Claim($"w{random.Next(2)}", now),
        1 => record.Beat($"w{random.Next(2)}", new JobProgress(1, 2), now),
        2 => record.Release($"w{random.Next(2)}", now),
        3 => record.RequestCancel(now),
        4 => record.Cancel(now),
        5 => record.Expire(now),
        6 => record.Fail(new JobError("x", "y"), now),
        7 => record.Queued(now),
        8 => record.GiveBack($"w{random.Next(2)}", now),
        _ => record.Finish([new("a", random.Next(2) == 0)], default, now),
    };
}
