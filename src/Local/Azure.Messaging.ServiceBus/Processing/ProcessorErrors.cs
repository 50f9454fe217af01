using System.Diagnostics;

namespace Azure.Messaging.ServiceBus;

/// <summary>Hands failures to a processor's error handler, whose own failure must not stop the processor.</summary>
internal sealed class ProcessorErrors(
    Func<ProcessErrorEventArgs, Task> handler, string fullyQualifiedNamespace, string entityPath, string identifier,
    CancellationToken stopping)
{
    public async Task ReportAsync(Exception failure, ServiceBusErrorSource source)
    {
        try
        {
            await handler(new ProcessErrorEventArgs(
                failure, source, fullyQualifiedNamespace, entityPath, identifier, stopping)).ConfigureAwait(false);
        }
        catch (Exception second)
        {
            Trace.TraceError($"The ProcessErrorAsync handler of '{entityPath}' failed: {second}");
        }
    }
}
