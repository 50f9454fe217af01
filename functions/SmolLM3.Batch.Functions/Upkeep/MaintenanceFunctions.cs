using Microsoft.Azure.Functions.Worker;
using SmolLM3.Batch.Pipeline;

namespace SmolLM3.Batch.Functions;

/// <summary>Repairs what crashes leave behind.</summary>
public sealed class MaintenanceFunctions(Reconciler reconciler)
{
    /// <summary>Every minute, half a minute after the dead letters.</summary>
    [Function(nameof(Reconcile))]
    public Task Reconcile([TimerTrigger("30 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        reconciler.RunAsync(cancellationToken);
}
