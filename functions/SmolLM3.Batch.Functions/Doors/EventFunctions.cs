using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline;

namespace SmolLM3.Batch.Functions;

/// <summary>What follows when a job is over.</summary>
public sealed class EventFunctions(EventHandling events, MessageHandling messages)
{
    /// <summary>A job reached a final state. Sessions keep the shards of one batch in order.</summary>
    [Function(nameof(JobFinished))]
    public async Task JobFinished(
        [ServiceBusTrigger(QueueNames.Events, Connection = Connections.ServiceBus, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) =>
        await actions.SettleAsync(message, await messages.HandleAsync(QueueNames.Events, message, events.HandleAsync, cancellationToken)
            .ConfigureAwait(false))
            .ConfigureAwait(false);
}
