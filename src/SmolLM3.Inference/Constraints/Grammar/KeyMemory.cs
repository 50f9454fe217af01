using System.Collections.Immutable;
using System.Text;

namespace SmolLM3.Inference.Constraints;

/// <summary>The keys that an object has made up, so that none comes twice. Immutable, as the frame that holds it.</summary>
/// <param name="Used">Those that are done.</param>
/// <param name="Current">What there is of the one being written.</param>
internal sealed record KeyMemory(ImmutableHashSet<string> Used, string Current)
{
    /// <summary>Short of the 95 characters that a key can go on with: one more always makes a taken key a new one.</summary>
    public const int MostKeys = 64;

    public static readonly KeyMemory Empty = new(ImmutableHashSet.Create<string>(StringComparer.Ordinal), "");

    /// <summary>Whether the key cannot end here.</summary>
    public bool IsTaken => Current.Length > 0 && Used.Contains(Current);

    public KeyMemory Append(ReadOnlySpan<byte> next) => this with { Current = Current + Encoding.ASCII.GetString(next) };

    public KeyMemory Append(byte next) => this with { Current = Current + (char)next };

    public KeyMemory Close() => new(Used.Add(Current), "");
}
