using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.ServiceBus;

/// <summary>A function for as many messages as are there, one batch at a time. As in the real host, their locks are not renewed.</summary>
internal sealed class BatchListener(
    FunctionMethod function, ServiceBusClient client, string entityPath, bool autoComplete, ServiceBusHostOptions options,
    FunctionInvoker invoker, ILogger logger) : ServiceBusListener(function, invoker, logger)
{
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    protected override async Task StopReceivingAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        await using var receiver = client.CreateReceiver(entityPath);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var messages = await ReceiveAsync(receiver).ConfigureAwait(false);
                if (messages.Count > 0)
                    await HandleAsync(receiver, messages).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Report(failure, "Receive", entityPath);
                await Task.Delay(
                    PauseAfterError, TimeProvider.System, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveAsync(ServiceBusReceiver receiver)
    {
        var messages = await receiver.ReceiveMessagesAsync(options.MaxMessageBatchSize, null, _stopping.Token).ConfigureAwait(false);
        if (messages.Count == 0 || messages.Count >= options.MinMessageBatchSize)
            return messages;
        var more = await receiver.ReceiveMessagesAsync(
            options.MaxMessageBatchSize - messages.Count, options.MaxBatchWaitTime, CancellationToken.None).ConfigureAwait(false);
        return [.. messages, .. more];
    }

    private async Task HandleAsync(ServiceBusReceiver receiver, IReadOnlyList<ServiceBusReceivedMessage> messages)
    {
        var settled = new ConcurrentDictionary<string, bool>();
        var succeeded = false;
        try
        {
            await InvokeAsync(new ServiceBusInput(
                entityPath, messages, batched: true, MessageSettlement.Through(
                    receiver, token => settled[token] = true))).ConfigureAwait(false);
            succeeded = true;
        }
        catch (Exception failure)
        {
            Report(failure, "ProcessMessageCallback", entityPath);
        }
        if (succeeded && !autoComplete)
            return;
        foreach (var message in messages.Where(message => !settled.ContainsKey(message.LockToken)))
        {
            if (succeeded)
                await receiver.CompleteMessageAsync(message, CancellationToken.None).ConfigureAwait(false);
            else
                await receiver.AbandonMessageAsync(message, null, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
