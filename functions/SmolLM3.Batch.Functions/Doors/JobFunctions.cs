using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline;

namespace SmolLM3.Batch.Functions;

/// <summary>The door of messages.</summary>
public sealed class JobFunctions(MessageIntake intake, MessageHandling messages)
{
    /// <summary>A request came on the queue <c>jobs</c>.</summary>
    [Function(nameof(JobRequested))]
    public async Task JobRequested(
        [ServiceBusTrigger(QueueNames.Jobs, Connection = Connections.ServiceBus, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) =>
        await actions.SettleAsync(message, await messages.HandleAsync(QueueNames.Jobs, message, intake.HandleAsync, cancellationToken)
            .ConfigureAwait(false))
            .ConfigureAwait(false);
}
