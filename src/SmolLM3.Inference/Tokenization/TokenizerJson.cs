using System.Text.Json;

namespace SmolLM3.Inference.Tokenization;

/// <summary>
/// What a Hugging Face tokenizer.json of the byte-level BPE kind says, checked for anything that would be encoded differently here.
/// </summary>
internal sealed class TokenizerJson
{
    // In bytes of JSON: far more than any token of a byte pair vocabulary takes.
    private const int LongestToken = 4096;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<(int Id, byte[] Bytes)> _vocabulary = [];
    private readonly List<(int Left, int Right, int Id)> _merges = [];

    private TokenizerJson()
    {
    }

    /// <summary>The byte pair vocabulary.</summary>
    public IReadOnlyList<(int Id, byte[] Bytes)> Vocabulary => _vocabulary;

    /// <summary>The merges in their order, by the ids of what they join and of what comes out.</summary>
    public IReadOnlyList<(int Left, int Right, int Id)> Merges => _merges;

    /// <summary>The tokens that stand beside the vocabulary.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; private set; } = [];

    /// <summary>Whether a piece that is a token is encoded as it, however the merges go.</summary>
    public bool IgnoreMerges { get; private set; }

    /// <summary>Reads a tokenizer.json to its end.</summary>
    /// <exception cref="InvalidDataException">It is not JSON, lacks a part, or asks for something that is not supported.</exception>
    public static TokenizerJson Read(Stream stream)
    {
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var tokenizer = new TokenizerJson();
        try
        {
            tokenizer.Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
            return tokenizer;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"tokenizer.json is malformed: {e.Message}", e);
        }
    }

    /// <summary>A token as the file spells it.</summary>
    public string TextOf(int id) => _ids.First(entry => entry.Value == id).Key;

    // The vocabulary and the merges, most of a file of 10 MB, are read straight from the bytes; the rest as documents.
    private void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var parts = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var model = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        Enter(ref reader, JsonTokenType.StartObject);
        while (NextProperty(ref reader) is { } name)
        {
            if (name == "model")
                ReadModel(ref reader, model);
            else
                parts[name] = JsonElement.ParseValue(ref reader);
        }

        TokenizerSettings.Require(parts, model);
        IgnoreMerges = TokenizerSettings.IsTrue(model, "ignore_merges");
        AddedTokens = TokenizerSettings.AddedTokens(parts);
    }

    private void ReadModel(ref Utf8JsonReader reader, Dictionary<string, JsonElement> options)
    {
        Utf8JsonReader merges = default;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new FormatException("the model is not an object.");
        while (NextProperty(ref reader) is { } name)
        {
            switch (name)
            {
                case "vocab":
                    TokenizerSettings.RequireModel(options);
                    ReadVocabulary(ref reader);
                    break;
                case "merges":
                    merges = reader;
                    reader.Skip();
                    break;
                default:
                    options[name] = JsonElement.ParseValue(ref reader);
                    break;
            }
        }

        ReadMerges(ref merges);
    }

    private void ReadVocabulary(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw TokenizerSettings.Unsupported("vocabulary that is not an object", "only byte-level BPE is supported");
        Span<char> token = stackalloc char[LongestToken];
        Span<byte> bytes = stackalloc byte[LongestToken];
        var seen = new bool[256];
        reader.Read();
        while (reader.TokenType == JsonTokenType.PropertyName)
        {
            int length = Copy(ref reader, token);
            reader.Read();
            int id = reader.GetInt32();
            if (length == 0 || id < 0 || !ByteLevelAlphabet.TryGetBytes(token[..length], bytes))
                throw TokenizerSettings.Unsupported(
                    $"token {id} ('{token[..length]}'): it is not in the byte-level alphabet", "export a byte-level BPE tokenizer");
            _vocabulary.Add((id, bytes[..length].ToArray()));
            _ids[new string(token[..length])] = id;
            if (length == 1)
                seen[bytes[0]] = true;
            reader.Read();
        }

        int missing = Array.IndexOf(seen, false);
        if (missing >= 0)
            throw TokenizerSettings.Unsupported(
                $"vocabulary: no token for the byte 0x{missing:X2}", "train with the whole byte-level alphabet");
    }

    // ["a", "b"], or "a b" as older files have it.
    private void ReadMerges(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new FormatException("the model has no array of merges.");
        var ids = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> text = stackalloc char[2 * LongestToken];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            int left, length;
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                reader.Read();
                left = Copy(ref reader, text);
                reader.Read();
                length = left + Copy(ref reader, text[left..]);
                reader.Read();
            }
            else
            {
                length = Copy(ref reader, text) - 1;
                left = Math.Max(text[..(length + 1)].IndexOf(' '), 0);
                text[(left + 1)..(length + 1)].CopyTo(text[left..]);
            }

            if (!ids.TryGetValue(text[..left], out int leftId) || !ids.TryGetValue(text[left..length], out int rightId)
                || !ids.TryGetValue(text[..length], out int id))
            {
                throw TokenizerSettings.Unsupported(
                    $"merge '{text[..left]} {text[left..length]}': it joins or makes a token that the vocabulary lacks",
                    "export the tokenizer again");
            }

            _merges.Add((leftId, rightId, id));
        }
    }

    private static int Copy(ref Utf8JsonReader reader, scoped Span<char> destination)
    {
        if (reader.ValueSpan.Length > LongestToken)
            throw new FormatException($"a token of {reader.ValueSpan.Length} bytes.");
        return reader.CopyString(destination);
    }

    private static void Enter(ref Utf8JsonReader reader, JsonTokenType expected)
    {
        if (!reader.Read() || reader.TokenType != expected)
            throw new FormatException("it does not begin with an object.");
    }

    // Moves to the value of the next property, and returns its name; null at the end of the object.
    private static string? NextProperty(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName)
            return null;
        string name = reader.GetString()!;
        reader.Read();
        return name;
    }
}
