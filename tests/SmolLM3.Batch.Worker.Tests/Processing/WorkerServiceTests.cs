using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Worker.Tests.Processing;

/// <summary>The worker's loop over the real broker and blob server, with a model of the test.</summary>
public class WorkerServiceTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task JobMode_QueueEmpty_DoesTheWorkAndLeaves()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel(), time: TimeProvider.System);
        for (var i = 0; i < 3; i++)
            await process.AcceptAsync(Request(), $"job{i}");
        var lifetime = new Lifetime();
        using var worker = Worker(process, lifetime, new WorkerOptions { Mode = WorkerMode.Job, IdleTimeout = TimeSpan.FromSeconds(2) });
        await worker.StartAsync(default);
        await lifetime.Stopped.Task.WaitAsync(Soon);
        await worker.StopAsync(default);
        for (var i = 0; i < 3; i++)
            Assert.Equal(JobState.Succeeded, (await process.RecordAsync($"job{i}")).State);
        Assert.Empty(await stack.PeekAsync(QueueNames.Work));
    }

    [Fact]
    public async Task Stop_JobUnderWay_IsGivenBackForTheNextWorker()
    {
        await using var stack = await LocalStack.StartAsync();
        var started = new TaskCompletionSource();
        var process = stack.Process(
            new FakeModel { Before = (_, token) => { started.TrySetResult(); return Task.Delay(Timeout.Infinite, token); } },
            time: TimeProvider.System);
        await process.AcceptAsync(Request(), "job");
        using (var worker = Worker(process, new Lifetime(), new WorkerOptions()))
        {
            await worker.StartAsync(default);
            await started.Task.WaitAsync(Soon);
            await worker.StopAsync(default).WaitAsync(TimeSpan.FromSeconds(30));
        }
        Assert.Equal(JobState.Running, (await process.RecordAsync("job")).State);

        var second = stack.Process(new FakeModel(), time: TimeProvider.System);
        using var next = Worker(second, new Lifetime(), new WorkerOptions());
        await next.StartAsync(default);
        await UntilAsync(async () => (await second.RecordAsync("job")).State == JobState.Succeeded);
        await next.StopAsync(default);
        Assert.Equal(2, (await second.RecordAsync("job")).Attempts);
        Assert.Empty(await stack.PeekAsync(QueueNames.Work));
    }

    [Fact]
    public async Task PoisonMessages_GoToTheDeadLettersWithTheReason()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel(), time: TimeProvider.System);
        await stack.UploadAsync("empty.md", "");
        await process.AcceptAsync(new JobRequest { Document = "empty.md", Tasks = [JobsOf.Prompt("x")] }, "empty");
        await using (var sender = stack.Bus.CreateSender(QueueNames.Work))
            await sender.SendMessageAsync(new ServiceBusMessage("garbage") { MessageId = "garbage" });
        using var worker = Worker(process, new Lifetime(), new WorkerOptions());
        await worker.StartAsync(default);
        await UntilAsync(async () => (await stack.PeekAsync(QueueNames.Work, SubQueue.DeadLetter)).Count == 2);
        await worker.StopAsync(default);
        var letters = (await stack.PeekAsync(QueueNames.Work, SubQueue.DeadLetter)).ToDictionary(
            letter => letter.MessageId, letter => (letter.DeadLetterReason, letter.DeadLetterErrorDescription));
        Assert.Equal(ErrorCodes.InvalidMessage, letters["garbage"].DeadLetterReason);
        var error = (await process.RecordAsync("empty")).Error!;
        Assert.Equal((error.Code, error.Message), letters["empty"]);
    }

    [Fact]
    public async Task ModelCannotBeLoaded_TheProcessEndsWithAnError()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel(), time: TimeProvider.System);
        var lifetime = new Lifetime();
        using var worker = Worker(process, lifetime, new WorkerOptions(), new BrokenModel());
        try
        {
            await worker.StartAsync(default);
            await lifetime.Stopped.Task.WaitAsync(Soon);
            Assert.Equal(1, Environment.ExitCode);
        }
        finally
        {
            Environment.ExitCode = 0;
        }
    }

    [Fact]
    public async Task ModelBreaks_TheProcessEndsWithAnErrorInsteadOfFailingJobAfterJob()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel(), time: TimeProvider.System);
        var lifetime = new Lifetime();
        var model = new LoadedModel();
        using var worker = Worker(process, lifetime, new WorkerOptions(), model);
        try
        {
            await worker.StartAsync(default);
            model.Break(new InvalidOperationException("the device is lost"));
            await lifetime.Stopped.Task.WaitAsync(Soon);
            Assert.Equal(1, Environment.ExitCode);
        }
        finally
        {
            Environment.ExitCode = 0;
        }
        await worker.StopAsync(default);
    }

    private static JobRequest Request() => new() { Text = "The rent is 900 euros.", Tasks = [JobsOf.Prompt("How much?")] };

    private static WorkerService Worker(ServiceProvider process, Lifetime lifetime, WorkerOptions options, IModelLoader? model = null) =>
        new(
        process.GetRequiredService<ServiceBusClient>(), model ?? new LoadedModel(), process.GetRequiredService<WorkProcessor>(),
        new WorkerStatus(TimeProvider.System), lifetime, Options.Create(options), TimeProvider.System, NullLogger<WorkerService>.Instance);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var deadline = Environment.TickCount64 + 60_000;
        while (!await condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "it did not come to pass");
            await Task.Delay(50);
        }
    }

    private sealed class LoadedModel : IModelLoader
    {
        private readonly TaskCompletionSource<Exception> _broken = new();

        public Task<Exception> Broken => _broken.Task;

        public void Break(Exception cause) => _broken.SetResult(cause);

        public Task LoadAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class BrokenModel : IModelLoader
    {
        public Task<Exception> Broken => new TaskCompletionSource<Exception>().Task;

        public Task LoadAsync(CancellationToken cancellationToken) => throw new IOException("model.safetensors has 0 bytes");
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken ApplicationStarted => new(canceled: true);

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => Stopped.TrySetResult();
    }
}
