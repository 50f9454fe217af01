namespace SmolLM3.Batch.Jobs;

/// <summary>How far a running job is, in completions. The total can grow while the document is being planned.</summary>
/// <param name="Done">Completions finished.</param>
/// <param name="Total">Completions planned so far.</param>
public sealed record JobProgress(int Done, int Total);
