namespace SmolLM3.Batch.Cli.Models;

/// <summary>The checkpoint to run.</summary>
/// <param name="Directory">A folder laid out as on the hub.</param>
/// <param name="Name">The name that manifests carry.</param>
/// <param name="Revision">A commit, or a description of where the weights come from.</param>
/// <param name="Notice">One line for the user about what to expect, or null.</param>
/// <param name="ContextLength">Most tokens of prompt and completion to use; null leaves it to the model, YaRN included.</param>
internal sealed record ModelChoice(string Directory, string Name, string Revision, string? Notice = null, int? ContextLength = null);
