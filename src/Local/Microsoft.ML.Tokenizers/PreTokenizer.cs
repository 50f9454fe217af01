namespace Microsoft.ML.Tokenizers;

/// <summary>Splits a text into the pieces that are encoded one by one.</summary>
public abstract class PreTokenizer
{
    /// <summary>The offsets and lengths of the pieces of a string.</summary>
    public abstract IEnumerable<(int Offset, int Length)> PreTokenize(string text);

    /// <summary>The offsets and lengths of the pieces of a span.</summary>
    public abstract IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text);
}
