using Microsoft.Azure.Functions.Worker;
using SmolLM3.Batch.Pipeline;

namespace SmolLM3.Batch.Functions;

/// <summary>Keeps the records of dead-lettered jobs honest.</summary>
public sealed class DeadLetterFunctions(DeadLetterDrain drain)
{
    /// <summary>Every minute: jobs whose message was set aside fail with its reason.</summary>
    [Function(nameof(InspectDeadLetters))]
    public Task InspectDeadLetters([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        drain.RunAsync(cancellationToken);
}
