using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Manifests;

namespace SmolLM3.Batch.Pipeline;

/// <summary>What running a job gave, with its files written and not yet committed.</summary>
/// <param name="Tasks">The tasks as the manifest lists them.</param>
/// <param name="Usage">Tokens read and written.</param>
/// <param name="Warnings">What readers of the results should know.</param>
public sealed record JobRun(IReadOnlyList<ManifestTask> Tasks, TokenUsage Usage, IReadOnlyList<string> Warnings);
