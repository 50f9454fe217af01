using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Planning;

namespace SmolLM3.Batch.Tasks.Running;

/// <summary>
/// Where the tasks of one request put their questions about the document's parts before any is submitted. Submitted part by part, whichever
/// task asks, a KV cache that is smaller than the document computes every part once and not once per task.
/// </summary>
/// <param name="model">Answers.</param>
/// <param name="tasks">Tasks that are to arrive, with questions or without.</param>
internal sealed class QuestionRound(ILanguageModel model, int tasks)
{
    private readonly Lock _lock = new();
    private readonly HashSet<TaskContext> _arrived = [];
    private readonly List<Question> _questions = [];

    /// <summary>
    /// Adds a task's questions; they are submitted once all tasks are there, and at once where the round is over for this task.
    /// </summary>
    public IReadOnlyList<Task<Completion>> Ask(
        TaskContext task, IReadOnlyList<(Chunk Part, CompletionRequest Request)> questions, CancellationToken cancellationToken)
    {
        List<Question> asked = [.. questions.Select(question => new Question(question.Part.Start, question.Request, cancellationToken))];
        bool late;
        lock (_lock)
        {
            late = _arrived.Contains(task);
            if (!late) _questions.AddRange(asked);
        }

        if (late) Submit([.. asked]);
        else Arrive(task);
        return [.. asked.Select(question => question.Submitted.Task.Unwrap())];
    }

    /// <summary>Tells that a task has no questions to wait for, or none any more.</summary>
    public void Arrive(TaskContext task)
    {
        lock (_lock)
        {
            if (!_arrived.Add(task) || _arrived.Count < tasks) return;
        }

        Submit([.. _questions.OrderBy(question => question.Start)]);
    }

    private void Submit(IReadOnlyList<Question> questions)
    {
        var requests = SharedBeginnings.Mark([.. questions.Select(question => question.Request)]);
        foreach (var (question, request) in questions.Zip(requests)) question.Submitted.SetResult(CompleteAsync(question, request));
    }

    private async Task<Completion> CompleteAsync(Question question, CompletionRequest request) =>
        await model.CompleteAsync(request, question.CancellationToken).ConfigureAwait(false);

    private sealed record Question(int Start, CompletionRequest Request, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<Task<Completion>> Submitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
