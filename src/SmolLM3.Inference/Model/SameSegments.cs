using SmolLM3.Inference.KvCache;

namespace SmolLM3.Inference.Model;

/// <summary>Chains whose shared beginnings are the same slabs to the same lengths.</summary>
internal sealed class SameSegments : IEqualityComparer<IReadOnlyList<KvSegment>>
{
    public static SameSegments Instance { get; } = new();

    public bool Equals(IReadOnlyList<KvSegment>? x, IReadOnlyList<KvSegment>? y) => x!.SequenceEqual(y!);

    public int GetHashCode(IReadOnlyList<KvSegment> segments) => segments.Aggregate(0, HashCode.Combine);
}
