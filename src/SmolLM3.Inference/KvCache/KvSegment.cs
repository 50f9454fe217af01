namespace SmolLM3.Inference.KvCache;

/// <summary>The first tokens of a slab, as a sequence sees them.</summary>
internal readonly record struct KvSegment(KvSlab Slab, int Length);
