using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Manifests;

namespace SmolLM3.Batch.Pipeline.Tests.Support;

/// <summary>Short forms of what tests do with jobs.</summary>
internal static class JobsOf
{
    public static JobRequest Request(string text = "The rent is 900 euros.", params string[] types) => new()
    {
        Text = text,
        Tasks = [.. (types.Length > 0 ? types : [TaskTypes.Summarize]).Select(type => new TaskRequest(type))],
    };

    public static TaskRequest Prompt(string instructions) => new(TaskTypes.Prompt, new() { ["instructions"] = instructions });

    public static Task<JobRecord> AcceptAsync(this IServiceProvider process, JobRequest request, string id) =>
        process.GetRequiredService<JobIntake>().AcceptAsync(request, JobId.Parse(id), JobDoor.Http);

    public static Task<Settlement> WorkAsync(
        this IServiceProvider process, string id, int deliveryCount = 1, CancellationToken shutdown = default) =>
        process.GetRequiredService<WorkProcessor>().ProcessAsync(
            LocalStack.Work(JobId.Parse(id), deliveryCount), "worker", shutdown).WaitAsync(TimeSpan.FromSeconds(60));

    public static async Task<JobRecord> RecordAsync(this IServiceProvider process, string id) =>
        await process.GetRequiredService<JobStore>().FindAsync(JobId.Parse(id)) ?? throw new InvalidOperationException($"no record {id}");

    public static Task<Manifest?> ManifestAsync(this IServiceProvider process, string id) =>
        process.GetRequiredService<ResultStore>().FindManifestAsync(JobId.Parse(id));

    /// <summary>Moves the clock on in small steps until something is so.</summary>
    public static async Task UntilAsync(this ManualTime time, Func<Task<bool>> condition, TimeSpan? step = null)
    {
        var deadline = Environment.TickCount64 + 60_000;
        while (!await condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "it did not come to pass");
            time.Advance(step ?? TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }
    }

    public static Task UntilAsync(this ManualTime time, Func<bool> condition, TimeSpan? step = null) =>
        time.UntilAsync(() => Task.FromResult(condition()), step);
}
