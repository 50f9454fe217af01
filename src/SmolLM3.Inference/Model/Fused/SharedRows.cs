using SmolLM3.Inference.KvCache;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>Rows of a step whose sequences begin with the same slabs.</summary>
internal sealed record SharedRows(int FirstRow, int Rows, IReadOnlyList<KvSegment> Segments);
