using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Telemetry;

public class TelemetryTests
{
    [Fact]
    public async Task Job_FromRequestToEvent_IsOneTrace()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel());
        var seen = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PipelineTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = seen.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        await process.AcceptAsync(JobsOf.Request(), "job");
        caller.Stop();

        var work = Assert.Single(await stack.PeekAsync(QueueNames.Work));
        await process.GetRequiredService<WorkProcessor>().ProcessAsync(Delivery.From(work), "w");
        var finished = Assert.Single(await stack.PeekAsync(QueueNames.Events));
        await process.GetRequiredService<EventHandling>().HandleAsync(Delivery.From(finished));

        var mine = seen.Where(activity => activity.TraceId == caller.TraceId).Select(activity => activity.OperationName).ToList();
        Assert.Contains("work.process", mine);
        Assert.Contains("events.finished", mine);
    }

    [Fact]
    public async Task Job_ThatSucceeds_IsCountedWithItsTokens()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel());
        var meters = process.GetRequiredService<IMeterFactory>();
        var counted = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == PipelineTelemetry.Name && instrument.Meter.Scope == meters)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add($"{instrument.Name} {tags[0].Value}", value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument.Name, value));
        listener.Start();

        await process.AcceptAsync(JobsOf.Request(), "job");
        stack.Time.Advance(TimeSpan.FromSeconds(5));
        await process.WorkAsync("job");

        Assert.Equal((1, 1, 1), (counted["smollm3.jobs accepted"], counted["smollm3.jobs running"], counted["smollm3.jobs succeeded"]));
        Assert.Equal(5, counted["smollm3.queue.age"]);
        var usage = (await process.RecordAsync("job")).Usage;
        Assert.Equal(
            (usage.PromptTokens - usage.CachedTokens, usage.CompletionTokens),
            ((long)counted["smollm3.tokens prompt"], (long)counted["smollm3.tokens completion"]));

        void Add(string name, double value) => counted.AddOrUpdate(name, value, (_, sum) => sum + value);
    }

    [Fact]
    public async Task Logs_OfAJobsWholeLife_HoldNoDocumentText()
    {
        const string secret = "zebra-crossing-4711";
        await using var stack = await LocalStack.StartAsync();
        var log = new CollectingLogger();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        services.AddSingleton<TimeProvider>(stack.Time).AddSingleton<Generation.ILanguageModel>(new FakeModel());
        services.AddSingleton(stack.Configuration());
        services.AddSmolLM3Pipeline(stack.Configuration()).AddSmolLM3Work();
        var process = stack.Own(services.BuildServiceProvider());

        await process.AcceptAsync(new JobRequest { Text = $"The code is {secret}.", Tasks = [JobsOf.Prompt($"What is {secret}?")] }, "job");
        await process.WorkAsync("job");
        await process.GetRequiredService<MessageIntake>().HandleAsync(
            new Delivery(System.Text.Encoding.UTF8.GetBytes($"not json: {secret}"), "bad"));

        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(secret, (await process.RecordAsync("bad")).Error!.Message);
    }

    [Theory]
    [InlineData("Pipeline:ClaimGrace", "00:00:05", "ClaimGrace")]
    [InlineData("Pipeline:ProgressInterval", "00:00:00", "ProgressInterval")]
    [InlineData("Pipeline:MaxAttempts", "0", "MaxAttempts")]
    [InlineData("Outbound:MaxDocumentBytes", "0", "MaxDocumentBytes")]
    [InlineData("Batches:ShardLines", "0", "ShardLines")]
    public async Task Options_Wrong_AreNamed(string key, string value, string named)
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(settings: (key, value));
        var exception = Assert.Throws<OptionsValidationException>(() => process.GetRequiredService<IStartupValidator>().Validate());
        Assert.Contains(named, exception.Message);
    }

    private sealed class CollectingLogger : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
