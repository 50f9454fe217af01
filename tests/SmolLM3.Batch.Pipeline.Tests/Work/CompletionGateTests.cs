using Microsoft.Extensions.Options;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline.Tests.Work;

public class CompletionGateTests
{
    [Fact]
    public async Task EnterAsync_Full_LetsUrgentJobsInFirstAndOthersInTheirOrder()
    {
        var gate = new CompletionGate(Options.Create(new PipelineOptions { MaxConcurrentCompletions = 1 }));
        await gate.EnterAsync(JobPriority.Normal);
        var order = new List<string>();
        var waiting = new[] { ("low", JobPriority.Low), ("a", JobPriority.Normal), ("b", JobPriority.Normal), ("urgent", JobPriority.High) }
            .Select(entry => WaitAsync(entry.Item1, gate.EnterAsync(entry.Item2))).ToArray();
        Assert.All(waiting, task => Assert.False(task.IsCompleted));
        gate.Leave();
        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["urgent", "a", "b", "low"], order);

        async Task WaitAsync(string name, Task place)
        {
            await place;
            order.Add(name);
            gate.Leave();
        }
    }

    [Fact]
    public async Task EnterAsync_GivenUpWhileWaiting_LosesNoPlace()
    {
        var gate = new CompletionGate(Options.Create(new PipelineOptions { MaxConcurrentCompletions = 1 }));
        await gate.EnterAsync(JobPriority.Normal);
        using var cancel = new CancellationTokenSource();
        var given = gate.EnterAsync(JobPriority.High, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        gate.Leave();
        await gate.EnterAsync(JobPriority.Normal).WaitAsync(TimeSpan.FromSeconds(20));
        var next = gate.EnterAsync(JobPriority.Normal);
        Assert.False(next.IsCompleted);
        gate.Leave();
        await next.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
