using System.Buffers;
using System.Text;

namespace Microsoft.ML.Tokenizers;

/// <summary>Byte-level byte pair encoding over ranks that are also the ids, as tiktoken does it.</summary>
public sealed class TiktokenTokenizer : Tokenizer
{
    private const int DefaultCacheSize = 8192;
    private const int StackBytes = 384;

    private readonly ByteTable _ranks;
    private readonly Dictionary<int, ReadOnlyMemory<byte>> _decoder;
    private readonly PreTokenizer? _preTokenizer;
    private readonly Normalizer? _normalizer;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>? _special;

    private TiktokenTokenizer(
        (ByteTable Ranks, Dictionary<int, ReadOnlyMemory<byte>> Decoder) vocabulary,
        PreTokenizer? preTokenizer, Normalizer? normalizer, IReadOnlyDictionary<string, int>? specialTokens)
    {
        (_ranks, _decoder) = vocabulary;
        _preTokenizer = preTokenizer;
        _normalizer = normalizer;
        SpecialTokens = specialTokens;
        if (specialTokens is not { Count: > 0 })
            return;
        foreach (var (token, id) in specialTokens)
            _decoder[id] = Encoding.UTF8.GetBytes(token);
        _special = new Dictionary<string, int>(specialTokens, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <inheritdoc/>
    public override PreTokenizer? PreTokenizer => _preTokenizer;

    /// <inheritdoc/>
    public override Normalizer? Normalizer => _normalizer;

    /// <summary>The special tokens and their ids.</summary>
    public IReadOnlyDictionary<string, int>? SpecialTokens { get; }

    /// <summary>A tokenizer over a ranks file in a stream, which is left open.</summary>
    public static TiktokenTokenizer Create(
        Stream vocabStream, PreTokenizer? preTokenizer, Normalizer? normalizer,
        IReadOnlyDictionary<string, int>? specialTokens = null, int cacheSize = DefaultCacheSize)
    {
        ArgumentNullException.ThrowIfNull(vocabStream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cacheSize);
        return new TiktokenTokenizer(RanksFile.Load(vocabStream), preTokenizer, normalizer, specialTokens);
    }

    /// <summary>A tokenizer over a ranks file.</summary>
    public static TiktokenTokenizer Create(
        string vocabFilePath, PreTokenizer? preTokenizer, Normalizer? normalizer,
        IReadOnlyDictionary<string, int>? specialTokens = null, int cacheSize = DefaultCacheSize)
    {
        if (string.IsNullOrEmpty(vocabFilePath))
            throw new ArgumentNullException(nameof(vocabFilePath));
        using FileStream stream = File.OpenRead(vocabFilePath);
        return Create(stream, preTokenizer, normalizer, specialTokens, cacheSize);
    }

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        ReadOnlySpan<char> span = Prepare(text, textSpan, settings, out string? normalized, out var pieces);
        var tokens = new List<EncodedToken>();
        foreach (var (offset, length) in pieces)
        {
            foreach (var (id, start, end) in PlacedTokens.Of(span.Slice(offset, length), EncodePiece, _decoder))
                tokens.Add(
                    new EncodedToken(id, span[(offset + start)..(offset + end)].ToString(), new Range(offset + start, offset + end)));
        }

        return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = normalized, CharsConsumed = span.Length };
    }

    /// <inheritdoc/>
    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        int consumed = Encode(text, textSpan, settings, out string? normalized, out List<int> ids);
        return new EncodeResults<int> { Tokens = ids, NormalizedText = normalized, CharsConsumed = consumed };
    }

    /// <inheritdoc/>
    protected override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        Encode(text, textSpan, settings, out _, out List<int> ids);
        return ids.Count;
    }

    private int Encode(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, out string? normalized, out List<int> ids)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(settings.MaxTokenCount);
        ReadOnlySpan<char> span = Prepare(text, textSpan, settings, out normalized, out var pieces);
        ids = new List<int>(Math.Min(span.Length / 4 + 8, settings.MaxTokenCount));
        int consumed = 0;
        foreach (var (offset, length) in pieces)
        {
            if (ids.Count == settings.MaxTokenCount)
                return consumed;
            ReadOnlySpan<char> piece = span.Slice(offset, length);
            int before = ids.Count;
            EncodePiece(piece, ids);
            if (ids.Count > settings.MaxTokenCount)
            {
                ids.RemoveRange(before, ids.Count - before);
                return offset + PlacedTokens.Fit(piece, EncodePiece, _decoder, settings.MaxTokenCount - before, ids);
            }

            consumed = offset + length;
        }

        return consumed;
    }

    private ReadOnlySpan<char> Prepare(
        string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, out string? normalized,
        out IEnumerable<(int Offset, int Length)> pieces)
    {
        normalized = null;
        pieces = [];
        ReadOnlySpan<char> span = text is null ? textSpan : text.AsSpan();
        if (span.IsEmpty)
            return span;
        if (settings.ConsiderNormalization && _normalizer is not null)
            span = text = normalized = text is null ? _normalizer.Normalize(textSpan) : _normalizer.Normalize(text);
        pieces = !settings.ConsiderPreTokenization || _preTokenizer is null ? [(0, span.Length)]
            : text is null ? _preTokenizer.PreTokenize(span) : _preTokenizer.PreTokenize(text);
        return span;
    }

    private void EncodePiece(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_special is { } special && special.TryGetValue(piece, out int id))
        {
            ids.Add(id);
            return;
        }

        byte[]? rented = null;
        int longest = Encoding.UTF8.GetMaxByteCount(piece.Length);
        Span<byte> buffer = longest <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(longest);
        ReadOnlySpan<byte> bytes = buffer[..Encoding.UTF8.GetBytes(piece, buffer)];
        if (_ranks.TryGet(bytes, out id))
            ids.Add(id);
        else
            Merge(bytes, ids);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    private void Merge(ReadOnlySpan<byte> bytes, List<int> ids)
    {
        int[]? rented = null;
        Span<int> ends = bytes.Length <= StackBytes ? stackalloc int[StackBytes] : rented = ArrayPool<int>.Shared.Rent(bytes.Length);
        int start = 0;
        foreach (int end in ends[..BytePairEncoder.Encode(bytes, _ranks, ends)])
        {
            if (!_ranks.TryGet(bytes[start..end], out int id))
                throw new KeyNotFoundException($"The vocabulary has no token for the byte 0x{bytes[start]:X2}.");
            ids.Add(id);
            start = end;
        }

        if (rented is not null)
            ArrayPool<int>.Shared.Return(rented);
    }

    /// <inheritdoc/>
    /// <remarks>Ids that the vocabulary lacks are passed over; ill-formed UTF-8 becomes U+FFFD.</remarks>
    public override string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var bytes = new ArrayBufferWriter<byte>();
        foreach (int id in ids)
        {
            if (_decoder.TryGetValue(id, out ReadOnlyMemory<byte> token))
                bytes.Write(token.Span);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// <paramref name="idsConsumed"/> and <paramref name="charsWritten"/> count up to the last id that ended on a whole character;
    /// <see cref="OperationStatus.NeedMoreData"/> says that ids after it hold the beginning of one.
    /// </remarks>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        idsConsumed = charsWritten = 0;
        var pending = new List<byte>();
        int idsSeen = 0;
        int written = 0;
        foreach (int id in ids)
        {
            if (!_decoder.TryGetValue(id, out ReadOnlyMemory<byte> token))
                return OperationStatus.InvalidData;
            pending.AddRange(token.Span);
            idsSeen++;
            ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pending);
            OperationStatus status = System.Text.Unicode.Utf8.ToUtf16(
                bytes, destination[written..], out int read, out int chars, replaceInvalidSequences: false, isFinalBlock: false);
            if (status is OperationStatus.DestinationTooSmall or OperationStatus.InvalidData)
                return status;
            pending.RemoveRange(0, read);
            written += chars;
            if (pending.Count == 0)
                (idsConsumed, charsWritten) = (idsSeen, written);
        }

        return pending.Count == 0 ? OperationStatus.Done : OperationStatus.NeedMoreData;
    }
}
