using Microsoft.Azure.Functions.Worker.Invocation;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>Listens for one kind of trigger, for all functions that have it.</summary>
internal abstract class TriggerHost
{
    /// <summary>Checks the functions' settings and begins to listen; nothing may run before this.</summary>
    public abstract Task StartAsync(IReadOnlyList<FunctionMethod> functions, CancellationToken cancellationToken);

    /// <summary>
    /// Takes nothing new and waits for what runs. When <paramref name="cancellationToken"/> is cancelled, what still runs is told
    /// so by its own token and given up.
    /// </summary>
    public abstract Task StopAsync(CancellationToken cancellationToken);

    /// <summary>What the list at startup says of a function.</summary>
    public virtual string Describe(FunctionMethod function) => function.TriggerType;
}
