using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace SmolLM3.Inference.Tokenization;

/// <summary>
/// The tokenizer of a SmolLM3 checkpoint, read from the hub's tokenizer.json. It gives the ids that Hugging Face's tokenizers give,
/// without a beginning-of-text token. Thread-safe.
/// </summary>
/// <remarks>
/// The byte pair encoding is <see cref="TiktokenTokenizer"/>'s; added tokens are found, and supplementary letters and ill-formed
/// surrogates taken care of, above it.
/// </remarks>
public sealed class SmolLM3Tokenizer
{
    private readonly TiktokenTokenizer _bytePairs;
    private readonly AddedTokenFinder _added;
    private readonly AddedTokenFinder _addedAfterNormalizing;
    private readonly Dictionary<string, int> _addedIds = new(StringComparer.Ordinal);
    private readonly ReadOnlyMemory<byte>[] _bytes;
    private readonly bool[] _special;
    private readonly bool[] _plain;

    private SmolLM3Tokenizer(TokenizerJson tokenizer)
    {
        MergeOrder.Verify(tokenizer);
        VocabularySize = 1 + tokenizer.Vocabulary.Select(token => token.Id).Concat(tokenizer.AddedTokens.Select(token => token.Id)).Max();
        _bytes = new ReadOnlyMemory<byte>[VocabularySize];
        _special = new bool[VocabularySize];
        _plain = new bool[VocabularySize];
        foreach (var (id, bytes) in tokenizer.Vocabulary)
            (_bytes[id], _plain[id]) = (bytes, true);
        foreach (AddedToken token in tokenizer.AddedTokens)
        {
            _addedIds[token.Content] = token.Id;
            (_special[token.Id], _plain[token.Id]) = (token.Special, false);
            _bytes[token.Id] = BytesOf(token.Content);
        }

        _added = new AddedTokenFinder(tokenizer.AddedTokens.Where(token => !token.Normalized));
        _addedAfterNormalizing = new AddedTokenFinder(tokenizer.AddedTokens.Where(token => token.Normalized));
        _bytePairs = TiktokenTokenizer.Create(Ranks(tokenizer), new Llama3PreTokenizer(), normalizer: null);
    }

    /// <summary>One more than the highest id. A checkpoint's embedding may have more rows.</summary>
    public int VocabularySize { get; }

    /// <summary>Reads a tokenizer.json.</summary>
    /// <exception cref="InvalidDataException">It is malformed, or asks for something that would not be encoded as Hugging Face
    /// does.</exception>
    public static SmolLM3Tokenizer Load(Stream tokenizerJson)
    {
        ArgumentNullException.ThrowIfNull(tokenizerJson);
        return new SmolLM3Tokenizer(TokenizerJson.Read(tokenizerJson));
    }

    /// <summary>The ids of a text. Ill-formed surrogates count as U+FFFD.</summary>
    /// <param name="text">The text.</param>
    /// <param name="specialTokens">
    /// Whether added tokens such as <c>&lt;|im_end|&gt;</c> or <c>&lt;think&gt;</c> that the text spells out become their ids. Without it
    /// they are encoded as the plain characters they consist of: for text that is not trusted to speak to the model in control tokens.
    /// </param>
    public int[] Encode(ReadOnlySpan<char> text, bool specialTokens = true)
    {
        var ids = new List<int>(text.Length / 4 + 8);
        string? repaired = Utf16.Repair(text);
        text = repaired ?? text;
        if (specialTokens)
            Encode(text, ids, _added, _addedAfterNormalizing);
        else
            EncodePlain(text, ids);
        return [.. ids];
    }

    /// <summary>
    /// The ids of a UTF-8 text, whose bytes are taken as they are (no byte-order mark is dropped); ill-formed sequences count as U+FFFD.
    /// </summary>
    public int[] EncodeUtf8(ReadOnlySpan<byte> utf8, bool specialTokens = true) => Encode(Encoding.UTF8.GetString(utf8), specialTokens);

    /// <summary>How many ids a text has, spelled-out added tokens counted as one each.</summary>
    public int Count(ReadOnlySpan<char> text) => Encode(text).Length;

    /// <summary>How many of a text's first ids stand for characters of a beginning of that text alone.</summary>
    /// <param name="ids">The ids of the whole text.</param>
    /// <param name="beginning">What the text begins with.</param>
    public int CountWithin(ReadOnlySpan<int> ids, ReadOnlySpan<char> beginning)
    {
        var room = Encoding.UTF8.GetByteCount(beginning);
        var count = 0;
        while (count < ids.Length && (room -= GetTokenBytes(ids[count]).Length) >= 0)
            count++;
        return count;
    }

    /// <summary>The text of some ids; ids outside the vocabulary are passed over, and ill-formed UTF-8 becomes U+FFFD.</summary>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = false)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var bytes = new List<byte>();
        foreach (int id in ids)
        {
            if (!skipSpecialTokens || !IsSpecial(id))
                bytes.AddRange(GetTokenBytes(id).Span);
        }

        return Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(bytes));
    }

    /// <summary>A decoder that takes one id at a time.</summary>
    public StreamingDecoder CreateStreamingDecoder(bool skipSpecialTokens = false) => new(this, skipSpecialTokens);

    /// <summary>
    /// The id of an added token such as <c>&lt;|im_end|&gt;</c>, or of a token of the vocabulary by the text it stands for.
    /// </summary>
    public bool TryGetId(string token, out int id)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        if (_addedIds.TryGetValue(token, out id))
            return true;
        IReadOnlyList<int> ids = _bytePairs.EncodeToIds(token, considerPreTokenization: false);
        id = ids[0];
        return ids.Count == 1 && Utf16.Repair(token) is null;
    }

    /// <summary>The bytes that a token stands for; none for an id outside the vocabulary.</summary>
    public ReadOnlyMemory<byte> GetTokenBytes(int id) => (uint)id < (uint)_bytes.Length ? _bytes[id] : default;

    /// <summary>Whether an id is a special token: one that decoding can skip.</summary>
    public bool IsSpecial(int id) => (uint)id < (uint)_special.Length && _special[id];

    /// <summary>Whether an id is of the byte pair vocabulary, and no added token.</summary>
    internal bool IsPlain(int id) => (uint)id < (uint)_plain.Length && _plain[id];

    private void Encode(ReadOnlySpan<char> text, List<int> ids, AddedTokenFinder first, AddedTokenFinder? then)
    {
        while (!text.IsEmpty)
        {
            AddedToken? token = first.Find(text, out int start);
            ReadOnlySpan<char> before = token is null ? text : text[..start];
            if (then is not null)
                Encode(before, ids, then, null);
            else
                EncodePlain(before, ids);
            if (token is null)
                return;
            ids.Add(token.Id);
            text = text[(start + token.Content.Length)..];
        }
    }

    private void EncodePlain(ReadOnlySpan<char> text, List<int> ids)
    {
        if (!text.IsEmpty)
            ids.AddRange(_bytePairs.EncodeToIds(text));
    }

    // Hugging Face's decoder maps added tokens through the alphabet too, where all their characters are in it.
    private static byte[] BytesOf(string added)
    {
        byte[] bytes = new byte[added.Length];
        return ByteLevelAlphabet.TryGetBytes(added, bytes) ? bytes : Encoding.UTF8.GetBytes(added);
    }

    // tiktoken's ranks file: a line per token, its bytes in base64 and its id.
    private static MemoryStream Ranks(TokenizerJson tokenizer)
    {
        var file = new ArrayBufferWriter<byte>(tokenizer.Vocabulary.Count * 24);
        foreach (var (id, bytes) in tokenizer.Vocabulary)
        {
            const int LongestId = 10;
            Span<byte> line = file.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length) + LongestId + 2);
            Base64.EncodeToUtf8(bytes, line, out _, out int length);
            line[length++] = (byte)' ';
            Utf8Formatter.TryFormat(id, line[length..], out int digits);
            line[length += digits] = (byte)'\n';
            file.Advance(length + 1);
        }

        return new MemoryStream(file.WrittenSpan.ToArray());
    }
}
