using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline;
using SmolLM3.Inference;

namespace SmolLM3.Batch.Worker;

/// <summary>Loads the model, then takes work until the host stops, or in job mode until the queue has been empty for a while.</summary>
internal sealed partial class WorkerService(
    ServiceBusClient client,
    IModelLoader model,
    WorkProcessor work,
    WorkerStatus status,
    IHostApplicationLifetime lifetime,
    IOptions<WorkerOptions> options,
    TimeProvider time,
    ILogger<WorkerService> logger) : BackgroundService
{
    private readonly string _name = NameOf(options.Value);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await model.LoadAsync(stoppingToken).ConfigureAwait(false);
            await ReceiveAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogLeft();
        }
        catch (Exception exception)
        {
            // Without a model or a queue there is nothing to do here; whoever runs the process has to see it.
            await WaitForStartAsync(stoppingToken).ConfigureAwait(false);
            Leave(exception);
        }
    }

    // What is wrong with a checkpoint or a path is all in the message; a stack trace would only push it out of sight.
    private void Leave(Exception cause)
    {
        LogBroken(cause.Message, cause is CheckpointException or IOException or UnauthorizedAccessException ? null : cause);
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    private async Task ReceiveAsync(CancellationToken stopping)
    {
        var processor = client.CreateProcessor(QueueNames.Work, new ServiceBusProcessorOptions
        {
            AutoCompleteMessages = false,
            MaxConcurrentCalls = options.Value.MaxConcurrentJobs,
            MaxAutoLockRenewalDuration = options.Value.MaxJobDuration,
            PrefetchCount = 0,
            ReceiveMode = ServiceBusReceiveMode.PeekLock,
        });
        await using (processor.ConfigureAwait(false))
        {
            processor.ProcessMessageAsync += message => HandleAsync(message, stopping);
            processor.ProcessErrorAsync += HandleErrorAsync;
            await processor.StartProcessingAsync(stopping).ConfigureAwait(false);
            status.Receiving = true;
            status.Touch();
            LogReceiving(_name, options.Value.MaxConcurrentJobs);
            await Task.WhenAny(WaitAsync(stopping), model.Broken).Unwrap().ConfigureAwait(false);
            if (model.Broken.IsCompletedSuccessfully)
                Leave(await model.Broken.ConfigureAwait(false));
            status.Receiving = false;
            // Waits for the handlers; when the host is stopping they are giving their jobs back.
            await processor.StopProcessingAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(CancellationToken stopping)
    {
        try
        {
            if (options.Value.Mode == WorkerMode.Service)
                await Task.Delay(Timeout.InfiniteTimeSpan, time, stopping).ConfigureAwait(false);
            while (status.Idle < options.Value.IdleTimeout)
                await Task.Delay(options.Value.IdleTimeout / 10, time, stopping).ConfigureAwait(false);
            LogIdle(options.Value.IdleTimeout);
            lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            LogLeaving(status.Running);
        }
    }

    private async Task HandleAsync(ProcessMessageEventArgs message, CancellationToken stopping)
    {
        status.Begin();
        try
        {
            var settlement = await work.ProcessAsync(Delivery.From(message.Message), _name, stopping).ConfigureAwait(false);
            await SettleAsync(message, settlement).ConfigureAwait(false);
        }
        catch (ServiceBusException exception) when (exception.Reason == ServiceBusFailureReason.MessageLockLost)
        {
            // The job is done or given back; the message comes again, finds that out, and goes.
            LogLockLost(message.Message.MessageId);
        }
        finally
        {
            status.End();
        }
    }

    private static Task SettleAsync(ProcessMessageEventArgs message, Settlement settlement) => settlement switch
    {
        Settlement.Completed => message.CompleteMessageAsync(message.Message, CancellationToken.None),
        Settlement.DeadLettered letter => message.DeadLetterMessageAsync(
            message.Message, letter.Reason, DeadLetterText.Fit(letter.Description), CancellationToken.None),
        _ => message.AbandonMessageAsync(message.Message, null, CancellationToken.None),
    };

    private Task HandleErrorAsync(ProcessErrorEventArgs error)
    {
        LogReceiveError(error.ErrorSource.ToString(), error.Exception.Message);
        return Task.CompletedTask;
    }

    private static string NameOf(WorkerOptions options) => options.Name
        ?? $"{Environment.GetEnvironmentVariable("CONTAINER_APP_REPLICA_NAME") ?? Environment.MachineName}-{Environment.ProcessId}";

    // A host that is told to stop while it starts dies of that instead, and its stack trace hides the cause.
    private async Task WaitForStartAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource();
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(LogLevel.Information, "Worker {Worker} takes up to {Jobs} jobs at once.")]
    private partial void LogReceiving(string worker, int jobs);

    [LoggerMessage(LogLevel.Information, "No work for {Idle}: leaving.")]
    private partial void LogIdle(TimeSpan idle);

    [LoggerMessage(LogLevel.Information, "Told to leave: giving {Jobs} jobs back.")]
    private partial void LogLeaving(int jobs);

    [LoggerMessage(LogLevel.Information, "Told to leave while the model was being loaded.")]
    private partial void LogLeft();

    [LoggerMessage(LogLevel.Critical, "The worker cannot work: {Reason}")]
    private partial void LogBroken(string reason, Exception? exception);

    [LoggerMessage(LogLevel.Warning, "The lock of message {Message} was lost before it was settled.")]
    private partial void LogLockLost(string message);

    [LoggerMessage(LogLevel.Warning, "Service Bus, {Source}: {Reason}")]
    private partial void LogReceiveError(string source, string reason);
}
