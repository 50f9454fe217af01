using System.Net.Sockets;
using Azure;
using Azure.Messaging.ServiceBus;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Tells faults that pass by themselves, or by somebody's mending the surroundings, from those of the message or the code.
/// </summary>
public static class TransientFaults
{
    /// <summary>Whether storage, queue or network failed in a way that may pass.</summary>
    public static bool MayPass(Exception exception) => exception switch
    {
        // Without a status nobody answered. 401 and 403 are grants or firewalls, which are mended without the sender's doing anything.
        RequestFailedException failure => failure.Status is 0 or 401 or 403 or 408 or 429 or >= 500,
        ServiceBusException failure => failure.IsTransient || failure.Reason == ServiceBusFailureReason.QuotaExceeded,
        TimeoutException or HttpRequestException or SocketException or TaskCanceledException => true,
        // What Azure.Core throws when every one of its own retries failed.
        AggregateException { InnerExceptions: { Count: > 0 } all } => all.All(MayPass),
        _ => false,
    };
}
