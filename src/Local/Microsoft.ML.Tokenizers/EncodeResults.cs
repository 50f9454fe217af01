namespace Microsoft.ML.Tokenizers;

/// <summary>What encoding a text gave.</summary>
public struct EncodeResults<T>
{
    /// <summary>The tokens, or their ids.</summary>
    public IReadOnlyList<T> Tokens { get; set; }

    /// <summary>The normalised text, if a normalizer was applied.</summary>
    public string? NormalizedText { get; set; }

    /// <summary>How many characters of the (normalised) text the tokens cover.</summary>
    public int CharsConsumed { get; set; }
}
