using System.Buffers;

namespace Microsoft.ML.Tokenizers;

/// <summary>Encodes text into token ids and decodes them back.</summary>
public abstract class Tokenizer
{
    /// <summary>For derived classes.</summary>
    protected Tokenizer()
    {
    }

    /// <summary>The pre-tokenizer in use.</summary>
    public virtual PreTokenizer? PreTokenizer => null;

    /// <summary>The normalizer in use.</summary>
    public virtual Normalizer? Normalizer => null;

    /// <summary>Encodes to tokens; <paramref name="textSpan"/> counts where <paramref name="text"/> is null.</summary>
    protected abstract EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings);

    /// <summary>Encodes to ids; <paramref name="textSpan"/> counts where <paramref name="text"/> is null.</summary>
    protected virtual EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        EncodeResults<EncodedToken> results = EncodeToTokens(text, textSpan, settings);
        return new EncodeResults<int>
        {
            Tokens = [.. results.Tokens.Select(token => token.Id)],
            CharsConsumed = results.CharsConsumed,
            NormalizedText = results.NormalizedText,
        };
    }

    /// <summary>Counts tokens; <paramref name="textSpan"/> counts where <paramref name="text"/> is null.</summary>
    protected virtual int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
        EncodeToTokens(text, textSpan, settings).Tokens.Count;

    /// <summary>The ids of a text.</summary>
    public IReadOnlyList<int> EncodeToIds(string text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(text, text.AsSpan(), Settings(considerPreTokenization, considerNormalization, int.MaxValue)).Tokens;

    /// <summary>The ids of a text.</summary>
    public IReadOnlyList<int> EncodeToIds(
        ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(null, text, Settings(considerPreTokenization, considerNormalization, int.MaxValue)).Tokens;

    /// <summary>The first ids of a text, at most <paramref name="maxTokenCount"/>.</summary>
    public IReadOnlyList<int> EncodeToIds(
        string text, int maxTokenCount, out string? normalizedText, out int charsConsumed,
        bool considerPreTokenization = true, bool considerNormalization = true)
    {
        var results = EncodeToIds(text, text.AsSpan(), Settings(considerPreTokenization, considerNormalization, maxTokenCount));
        normalizedText = results.NormalizedText;
        charsConsumed = results.CharsConsumed;
        return results.Tokens;
    }

    /// <summary>The first ids of a text, at most <paramref name="maxTokenCount"/>.</summary>
    public IReadOnlyList<int> EncodeToIds(
        ReadOnlySpan<char> text, int maxTokenCount, out string? normalizedText, out int charsConsumed,
        bool considerPreTokenization = true, bool considerNormalization = true)
    {
        var results = EncodeToIds(null, text, Settings(considerPreTokenization, considerNormalization, maxTokenCount));
        normalizedText = results.NormalizedText;
        charsConsumed = results.CharsConsumed;
        return results.Tokens;
    }

    /// <summary>How many ids a text has.</summary>
    public int CountTokens(string text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        CountTokens(text, text.AsSpan(), Settings(considerPreTokenization, considerNormalization, int.MaxValue));

    /// <summary>How many ids a text has.</summary>
    public int CountTokens(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        CountTokens(null, text, Settings(considerPreTokenization, considerNormalization, int.MaxValue));

    /// <summary>The text of some ids.</summary>
    public virtual string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        for (int length = 1024; ; length = checked(length * 2))
        {
            char[] destination = ArrayPool<char>.Shared.Rent(length);
            try
            {
                OperationStatus status = Decode(ids, destination, out _, out int charsWritten);
                if (status == OperationStatus.Done)
                    return new string(destination, 0, charsWritten);
                if (status != OperationStatus.DestinationTooSmall)
                    throw new InvalidOperationException("The provided token IDs could not be decoded.");
            }
            finally
            {
                ArrayPool<char>.Shared.Return(destination);
            }
        }
    }

    /// <summary>Decodes as many ids as make whole characters and fit the destination.</summary>
    public abstract OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten);

    private static EncodeSettings Settings(bool considerPreTokenization, bool considerNormalization, int maxTokenCount) => new()
    {
        ConsiderPreTokenization = considerPreTokenization,
        ConsiderNormalization = considerNormalization,
        MaxTokenCount = maxTokenCount,
    };
}
