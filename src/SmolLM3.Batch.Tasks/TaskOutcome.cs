namespace SmolLM3.Batch.Tasks;

/// <summary>What a task hands back when it ends well; usage and warnings are kept by its context.</summary>
/// <param name="Files">Its result files.</param>
/// <param name="Coverage">Share of the document that was read.</param>
internal sealed record TaskOutcome(IReadOnlyList<ResultFile> Files, double Coverage);
