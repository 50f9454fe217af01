namespace SmolLM3.Inference.Model.Fused;

/// <summary>Rows of a step that attend in one kernel.</summary>
internal sealed record RaggedRows(int FirstRow, int Rows, RaggedBatch Batch);
