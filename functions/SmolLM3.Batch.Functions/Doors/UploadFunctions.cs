using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline;

namespace SmolLM3.Batch.Functions;

/// <summary>The door of uploads.</summary>
public sealed class UploadFunctions(UploadIntake intake, MessageHandling messages)
{
    /// <summary>A blob was created in the container <c>documents</c>.</summary>
    [Function(nameof(UploadCreated))]
    public async Task UploadCreated(
        [ServiceBusTrigger(QueueNames.Uploads, Connection = Connections.ServiceBus, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) =>
        await actions.SettleAsync(message, await messages.HandleAsync(QueueNames.Uploads, message, intake.HandleAsync, cancellationToken)
            .ConfigureAwait(false))
            .ConfigureAwait(false);
}
