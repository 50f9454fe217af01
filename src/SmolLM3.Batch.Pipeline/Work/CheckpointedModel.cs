using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// The model as one job sees it. Every finished completion is stored, so that another attempt repeats at most what was under way; all
/// completions are counted; and a failure that is not the request's own fault is remembered, because tasks turn what they catch into
/// results.
/// </summary>
internal sealed class CheckpointedModel(
    ILanguageModel inner,
    JobRecord job,
    CheckpointStore? checkpoints,
    IReadOnlySet<string> stored,
    CompletionGate gate,
    ComputeMeter.Share share,
    Action onFault) : ILanguageModel
{
    private Exception? _fault;
    private int _planned, _done, _restored;

    public LanguageModelInfo Info => inner.Info;

    /// <summary>Completions done and asked for.</summary>
    public JobProgress Progress => new(Volatile.Read(ref _done), Volatile.Read(ref _planned));

    /// <summary>Completions taken from an earlier attempt.</summary>
    public int Restored => Volatile.Read(ref _restored);

    /// <summary>The first failure that another attempt may not have, or null.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    public int CountTokens(ReadOnlySpan<char> text) => inner.CountTokens(text);

    public int CountPromptTokens(IReadOnlyList<ChatMessage> messages, bool thinking = false) => inner.CountPromptTokens(messages, thinking);

    public async Task<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _planned);
        try
        {
            var completion = await FindOrComputeAsync(request, cancellationToken).ConfigureAwait(false);
            Interlocked.Increment(ref _done);
            return completion;
        }
        catch (Exception exception) when (!IsOwnFault(exception) && !cancellationToken.IsCancellationRequested)
        {
            if (Interlocked.CompareExchange(ref _fault, exception, null) is null)
                onFault();
            throw;
        }
    }

    private async Task<Completion> FindOrComputeAsync(CompletionRequest request, CancellationToken cancellationToken)
    {
        var key = CompletionKey.Of(inner.Info, request);
        if (checkpoints is not null && stored.Contains(key)
            && await checkpoints.FindAsync(job.Id, key, BatchJson.Default.Completion, cancellationToken).ConfigureAwait(false) is { } found)
        {
            Interlocked.Increment(ref _restored);
            return found;
        }
        var computed = await ComputeAsync(request, cancellationToken).ConfigureAwait(false);
        return checkpoints is null
            ? computed
            : await checkpoints.KeepAsync(job.Id, key, computed, BatchJson.Default.Completion, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Completion> ComputeAsync(CompletionRequest request, CancellationToken cancellationToken)
    {
        await gate.EnterAsync(job.Priority, cancellationToken).ConfigureAwait(false);
        share.Enter();
        try
        {
            return await inner.CompleteAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            share.Leave();
            gate.Leave();
        }
    }

    // These say that the request is wrong; another attempt would meet them again.
    private static bool IsOwnFault(Exception exception) =>
        exception is PromptTooLongException or ArgumentException or NotSupportedException or FormatException;
}
