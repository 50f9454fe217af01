namespace SmolLM3.Inference.Constraints;

/// <summary>A part of a regular expression.</summary>
internal abstract record PatternNode
{
    /// <summary>One character.</summary>
    public sealed record Chars(CharSet Set) : PatternNode;

    /// <summary>One part after another.</summary>
    public sealed record Row(IReadOnlyList<PatternNode> Parts) : PatternNode;

    /// <summary>One of several.</summary>
    public sealed record Choice(IReadOnlyList<PatternNode> Options) : PatternNode;

    /// <summary>The same part several times; <paramref name="Most"/> null is without end.</summary>
    public sealed record Repeat(PatternNode Part, int Fewest, int? Most) : PatternNode;
}
