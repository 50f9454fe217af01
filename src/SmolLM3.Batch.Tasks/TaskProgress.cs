namespace SmolLM3.Batch.Tasks;

/// <summary>How far a task is. The total can grow, for later stages are planned from what earlier ones found.</summary>
/// <param name="Task">The task's type.</param>
/// <param name="Done">Completions that are finished.</param>
/// <param name="Total">Completions planned so far.</param>
public sealed record TaskProgress(string Task, int Done, int Total);
