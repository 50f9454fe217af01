using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using SmolLM3.Batch.Pipeline;

namespace SmolLM3.Batch.Functions;

/// <summary>Carries out what a handler says about its message.</summary>
internal static class Settling
{
    public static Task SettleAsync(this ServiceBusMessageActions actions, ServiceBusReceivedMessage message, Settlement settlement) =>
        settlement switch
    {
        Settlement.Completed => actions.CompleteMessageAsync(message, CancellationToken.None),
        Settlement.DeadLettered letter => actions.DeadLetterMessageAsync(
            message, null, letter.Reason, DeadLetterText.Fit(letter.Description), CancellationToken.None),
        _ => actions.AbandonMessageAsync(message, null, CancellationToken.None),
    };
}
