using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.ContractAnalysis;
using SmolLM3.Batch.Tasks.Prompt;
using SmolLM3.Batch.Tasks.Summarize;
using SmolLM3.Batch.Tasks.Translate;

namespace SmolLM3.Batch.Tasks;

/// <summary>The tasks there are. Thread-safe.</summary>
public sealed class TaskCatalog
{
    private readonly Dictionary<string, IDocumentTask> _tasks;

    internal TaskCatalog(IEnumerable<IDocumentTask> tasks)
    {
        _tasks = tasks.ToDictionary(task => task.Type, StringComparer.Ordinal);
        Types = [.. _tasks.Keys];
    }

    /// <summary>The built-in tasks.</summary>
    public static TaskCatalog Default { get; } = new(
    [
        new ContractTask(),
        new SummarizeTask(),
        new TranslateTask(),
        new PromptTask(),
    ]);

    /// <summary>Their names, as they stand in requests.</summary>
    public IReadOnlyList<string> Types { get; }

    /// <summary>Checks a task request as far as that goes without its document.</summary>
    /// <exception cref="InvalidTaskException">The type is unknown (the message lists those known), an option is unknown, or a value is
    /// wrong.</exception>
    public void Validate(TaskRequest task) => Prepare(task);

    internal ITaskRun Prepare(TaskRequest task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return _tasks.TryGetValue(task.Type, out var found)
            ? found.Prepare(task.Options)
            : throw new InvalidTaskException($"There is no task '{task.Type}'. Known tasks: {string.Join(", ", Types)}.");
    }
}
