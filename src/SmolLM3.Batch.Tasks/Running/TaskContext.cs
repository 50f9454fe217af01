using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Tasks.Running;

/// <summary>What a running task works with: the document, the model, and the tally of what it used. Thread-safe.</summary>
internal sealed class TaskContext(Document document, ILanguageModel model, TimeProvider time, string type, IProgress<TaskProgress>? progress)
{
    private readonly Lock _lock = new();
    private readonly List<string> _warnings = [];
    private TokenUsage _usage;
    private int _done;
    private int _total;

    public Document Document { get; } = document;

    public ILanguageModel Model { get; } = model;

    public TimeProvider Time { get; } = time;

    public TokenUsage Usage
    {
        get { lock (_lock) return _usage; }
    }

    public IReadOnlyList<string> Warnings
    {
        get { lock (_lock) return [.. _warnings]; }
    }

    public void Warn(string warning)
    {
        lock (_lock)
        {
            if (!_warnings.Contains(warning)) _warnings.Add(warning);
        }
    }

    /// <summary>Submits all of <paramref name="requests"/> at once and waits for them; answers come back in order.</summary>
    public async Task<Completion[]> CompleteAsync(IReadOnlyList<CompletionRequest> requests, CancellationToken cancellationToken)
    {
        lock (_lock) _total += requests.Count;
        Report();
        return await Task.WhenAll(requests.Select(request => CompleteAsync(request, cancellationToken))).ConfigureAwait(false);
    }

    private async Task<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken)
    {
        var completion = await Model.CompleteAsync(request, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            _usage += completion.Usage;
            _done++;
        }

        Report();
        return completion;
    }

    private void Report()
    {
        if (progress is null) return;
        TaskProgress now;
        lock (_lock) now = new TaskProgress(type, _done, _total);
        progress.Report(now);
    }
}
