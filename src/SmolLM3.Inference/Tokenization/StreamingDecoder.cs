using System.Text;

namespace SmolLM3.Inference.Tokenization;

/// <summary>
/// Decodes ids one at a time. What it has returned, put together, is always a prefix of what
/// <see cref="SmolLM3Tokenizer.Decode"/> gives: a character that is split over tokens appears with its last one.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly SmolLM3Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();

    internal StreamingDecoder(SmolLM3Tokenizer tokenizer, bool skipSpecialTokens)
    {
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
    }

    /// <summary>Takes the next id, and returns the characters that it completes, possibly none.</summary>
    public string Append(int id) =>
        _skipSpecialTokens && _tokenizer.IsSpecial(id) ? "" : Convert(_tokenizer.GetTokenBytes(id).Span, flush: false);

    /// <summary>Ends the text: a character of which only a part has come becomes U+FFFD. The decoder can then begin anew.</summary>
    public string Flush() => Convert([], flush: true);

    private string Convert(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> chars = bytes.Length < 256 ? stackalloc char[256 + 8] : new char[bytes.Length + 8];
        return new string(chars[.._utf8.GetChars(bytes, chars, flush)]);
    }
}
