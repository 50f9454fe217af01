using static TorchSharp.torch;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>Rows of a step that attend in one kernel.</summary>
/// <param name="FirstRow">In the step.</param>
/// <param name="Rows">Side by side; results begin with theirs.</param>
/// <param name="Queries">The row of every query, counted from the first, where some rows attend more than once; otherwise null.</param>
/// <param name="Batch">What the kernel is told.</param>
internal sealed record RaggedRows(int FirstRow, int Rows, Tensor? Queries, RaggedBatch Batch);
