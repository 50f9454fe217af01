using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Evidence;
using SmolLM3.Batch.Tasks.Planning;

namespace SmolLM3.Batch.Tasks.Running;

/// <summary>What a running task works with: the shared session, and the tally of what it planned and used. Thread-safe.</summary>
internal sealed class TaskContext(DocumentSession session, string type, IProgress<TaskProgress>? progress)
{
    private readonly Lock _lock = new();
    private readonly List<string> _warnings = [];
    private TokenUsage _usage;
    private long _promptTokens;
    private long _maxCompletionTokens;
    private int _done;
    private int _total;

    public string Type { get; } = type;

    public DocumentSession Session { get; } = session;

    public Document Document => Session.Document;

    public ILanguageModel Model => Session.Model;

    public QuoteFinder Quotes => Session.Quotes;

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

    /// <summary>What was planned so far.</summary>
    public PlanSummary Planned(int chunks)
    {
        lock (_lock) return new PlanSummary(chunks, _total, _promptTokens, _maxCompletionTokens);
    }

    /// <summary>Submits all of <paramref name="requests"/> at once and waits for them; answers come back in order.</summary>
    public async Task<Completion[]> CompleteAsync(IReadOnlyList<CompletionRequest> requests, CancellationToken cancellationToken)
    {
        if (requests.Count == 0) return [];
        Plan(requests);
        Session.Round.Arrive(this);
        return await CountAsync(
            SharedBeginnings.Mark(requests).Select(request => Model.CompleteAsync(request, cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Asks about parts of the document, together with what the other tasks ask about them; answers come back in order.</summary>
    public async Task<Completion[]> AskAsync(
        IReadOnlyList<(Chunk Part, CompletionRequest Request)> questions, CancellationToken cancellationToken)
    {
        Plan([.. questions.Select(question => question.Request)]);
        return await CountAsync(Session.Round.Ask(this, questions, cancellationToken)).ConfigureAwait(false);
    }

    private void Plan(IReadOnlyList<CompletionRequest> requests)
    {
        long promptTokens = requests.Sum(request => (long)Model.CountPromptTokens(request.Messages, request.Thinking));
        lock (_lock)
        {
            _total += requests.Count;
            _promptTokens += promptTokens;
            _maxCompletionTokens += requests.Sum(request => (long)request.MaxTokens);
        }

        Report();
    }

    private async Task<Completion[]> CountAsync(IEnumerable<Task<Completion>> completions) =>
        await Task.WhenAll(completions.Select(CountAsync)).ConfigureAwait(false);

    private async Task<Completion> CountAsync(Task<Completion> computing)
    {
        var completion = await computing.ConfigureAwait(false);
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
        lock (_lock) now = new TaskProgress(Type, _done, _total);
        progress.Report(now);
    }
}
