using Microsoft.Extensions.Options;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Lets a bounded number of completions into the engine, those of urgent jobs first and otherwise in the order in which they came. The
/// bound is above what the engine computes at once, so that it always has work in hand.
/// </summary>
public sealed class CompletionGate(IOptions<PipelineOptions> options)
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<TaskCompletionSource, (int Urgency, long Number)> _waiting = new();
    private int _free = options.Value.MaxConcurrentCompletions;
    private long _number;

    /// <summary>Waits for a place. Whoever got one gives it back by <see cref="Leave"/>.</summary>
    public Task EnterAsync(JobPriority priority, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource place;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return Task.CompletedTask;
            }
            place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(place, (-(int)priority, _number++));
        }
        return WaitAsync(place, cancellationToken);
    }

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            // A place that was given up while it waited cannot be set any more and is passed over.
            while (_waiting.TryDequeue(out var next, out _))
            {
                if (next.TrySetResult())
                    return;
            }
            _free++;
        }
    }

    private static async Task WaitAsync(TaskCompletionSource place, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.Register(() => place.TrySetCanceled(cancellationToken));
        await place.Task.ConfigureAwait(false);
    }
}
