namespace Microsoft.ML.Tokenizers;

/// <summary>Rewrites a text before it is split.</summary>
public abstract class Normalizer
{
    /// <summary>The normalised form of a string.</summary>
    public abstract string Normalize(string original);

    /// <summary>The normalised form of a span.</summary>
    public abstract string Normalize(ReadOnlySpan<char> original);
}
