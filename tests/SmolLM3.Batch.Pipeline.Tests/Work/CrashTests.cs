using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Work;

/// <summary>A process is killed at every one of its effects, before and after; the next one must bring the same end about.</summary>
public class CrashTests
{
    private static readonly JobRequest Request = new()
    {
        Text = "The term of this agreement is two years.",
        Tasks =
        [
            JobsOf.Prompt("Who signs?"),
            JobsOf.Prompt("How long is the term?"),
        ],
    };

    [Fact]
    public async Task ProcessAsync_KilledAtEveryEffect_EndsOnce()
    {
        await using var stack = await LocalStack.StartAsync();
        var effects = await CountWorkerEffectsAsync(stack);
        Assert.True(effects >= 10, $"only {effects} effects: the test does not see the worker's writes");

        var runs = from crashAt in Enumerable.Range(1, effects) from afterEffect in new[] { false, true } select (crashAt, afterEffect);
        await Parallel.ForEachAsync(runs, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (run, _) =>
            await RunAsync(stack, JobId.Parse($"work-{run.crashAt}-{run.afterEffect}"), run.crashAt, run.afterEffect));
    }

    [Fact]
    public async Task AcceptAsync_KilledAtEveryEffect_IsRepairedByTheNextDelivery()
    {
        await using var stack = await LocalStack.StartAsync();
        for (var crashAt = 1; ; crashAt++)
        {
            var survived = true;
            foreach (var afterEffect in new[] { false, true })
            {
                var id = JobId.Parse($"accept-{crashAt}-{afterEffect}");
                var plan = new CrashPlan(crashAt, afterEffect);
                try
                {
                    await stack.Process(plan: plan).GetRequiredService<JobIntake>().AcceptAsync(Request, id, JobDoor.Message);
                }
                catch (CrashException)
                {
                    survived = false;
                }
                await stack.Process().GetRequiredService<JobIntake>().AcceptAsync(Request, id, JobDoor.Message);

                var queued = (await stack.PeekAsync(QueueNames.Work)).Count(message => message.MessageId == id.ToString());
                Assert.Equal(1, queued);
                await FinishAsync(stack, id, new FakeModel());
            }
            if (survived)
            {
                Assert.True(crashAt > 3, "admission has at least three effects: text, record and message");
                return;
            }
        }
    }

    private static async Task<int> CountWorkerEffectsAsync(LocalStack stack)
    {
        var id = JobId.Parse("whole");
        await stack.Process().GetRequiredService<JobIntake>().AcceptAsync(Request, id, JobDoor.Http);
        var plan = new CrashPlan(null, false);
        var settlement = await stack.Process(new FakeModel(), plan).GetRequiredService<WorkProcessor>()
            .ProcessAsync(LocalStack.Work(id), "w");
        Assert.IsType<Settlement.Completed>(settlement);
        return plan.Effects;
    }

    private static async Task RunAsync(LocalStack stack, JobId id, int crashAt, bool afterEffect)
    {
        var time = new ManualTime();
        await stack.Process(time: time).GetRequiredService<JobIntake>().AcceptAsync(Request, id, JobDoor.Http);
        var model = new FakeModel();
        using var killed = new CancellationTokenSource();
        var plan = new CrashPlan(crashAt, afterEffect, killed);
        var process = stack.Process(model, plan, time);
        try
        {
            await process.GetRequiredService<WorkProcessor>().ProcessAsync(
                LocalStack.Work(id), "first", killed.Token).WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (CrashException)
        {
            Assert.True(plan.Crashed);
        }
        Assert.True(plan.Crashed, $"effect {crashAt} was not reached: {string.Join(", ", plan.Log)}");

        // The dead worker's heartbeat goes stale while its lock runs out.
        time.Advance(TimeSpan.FromMinutes(5));
        await FinishAsync(stack, id, model, time);
        Assert.InRange(model.Calls, 2, 4);
    }

    private static async Task FinishAsync(LocalStack stack, JobId id, FakeModel model, ManualTime? time = null)
    {
        var process = stack.Process(model, time: time);
        var settlement = await process.GetRequiredService<WorkProcessor>().ProcessAsync(LocalStack.Work(id, 2), "second")
            .WaitAsync(TimeSpan.FromSeconds(60));
        Assert.IsType<Settlement.Completed>(settlement);

        var record = await process.GetRequiredService<JobStore>().FindAsync(id);
        Assert.Equal(JobState.Succeeded, record!.State);
        var manifest = await process.GetRequiredService<ResultStore>().FindManifestAsync(id);
        Assert.Equal(JobState.Succeeded, manifest!.State);
        Assert.Equal(["prompt", "prompt-2"], manifest.Tasks.Select(task => task.Name));
        Assert.NotEmpty(manifest.Tasks.SelectMany(task => task.Files));
        foreach (var file in manifest.Tasks.SelectMany(task => task.Files))
        {
            await using var content = await process.GetRequiredService<ResultStore>().OpenAsync(id, file.Name);
            Assert.Equal(file.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(content!)));
        }
        Assert.Single((await stack.PeekAsync(QueueNames.Events)), message => message.MessageId == id.ToString());
        Assert.Empty(await stack.BlobNamesAsync(ContainerNames.Jobs, BlobNames.Active(id)));
        Assert.Empty(await stack.BlobNamesAsync(ContainerNames.Jobs, BlobNames.CheckpointPrefix(id)));
    }
}
