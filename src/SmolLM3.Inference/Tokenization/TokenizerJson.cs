using System.Text;
using System.Text.Json;

namespace SmolLM3.Inference.Tokenization;

/// <summary>What a Hugging Face tokenizer.json of the byte-level BPE kind says, checked for anything that would be encoded differently here.</summary>
internal sealed class TokenizerJson
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    private TokenizerJson(JsonElement root)
    {
        RequireKind(root);
        JsonElement model = root.GetProperty("model");
        IgnoreMerges = model.TryGetProperty("ignore_merges", out JsonElement ignore) && ignore.ValueKind == JsonValueKind.True;
        Vocabulary = ReadVocabulary(model.GetProperty("vocab"));
        Merges = ReadMerges(model.GetProperty("merges"));
        AddedTokens = root.TryGetProperty("added_tokens", out JsonElement added) && added.ValueKind == JsonValueKind.Array
            ? [.. added.EnumerateArray().Select(ReadAddedToken)]
            : [];
    }

    /// <summary>The byte pair vocabulary.</summary>
    public List<(int Id, byte[] Bytes)> Vocabulary { get; }

    /// <summary>The merges in their order, by the ids of what they join and of what comes out.</summary>
    public List<(int Left, int Right, int Id)> Merges { get; }

    /// <summary>The tokens that stand beside the vocabulary.</summary>
    public List<AddedToken> AddedTokens { get; }

    /// <summary>Whether a piece that is a token is encoded as it, however the merges go.</summary>
    public bool IgnoreMerges { get; }

    /// <summary>Reads a tokenizer.json to its end.</summary>
    /// <exception cref="InvalidDataException">It is not JSON, lacks a part, or asks for something that is not supported.</exception>
    public static TokenizerJson Read(Stream stream)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(stream);
            return new TokenizerJson(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"tokenizer.json is malformed: {e.Message}", e);
        }
    }

    /// <summary>A token as the file spells it.</summary>
    public string TextOf(int id) => _ids.First(entry => entry.Value == id).Key;

    private List<(int, byte[])> ReadVocabulary(JsonElement vocab)
    {
        var vocabulary = new List<(int, byte[])>();
        var seen = new bool[256];
        Span<byte> buffer = stackalloc byte[1024];
        foreach (JsonProperty entry in vocab.EnumerateObject())
        {
            string token = entry.Name;
            int id = entry.Value.GetInt32();
            if (token.Length == 0 || token.Length > buffer.Length || id < 0 || !ByteLevelAlphabet.TryGetBytes(token, buffer))
                throw Unsupported($"token {id} ('{token}') is not in the byte-level alphabet", "export a byte-level BPE tokenizer");
            vocabulary.Add((id, buffer[..token.Length].ToArray()));
            _ids[token] = id;
            if (token.Length == 1)
                seen[buffer[0]] = true;
        }

        int missing = Array.IndexOf(seen, false);
        if (missing >= 0)
            throw Unsupported($"no token for the byte 0x{missing:X2}", "train with the whole byte-level alphabet");
        return vocabulary;
    }

    private List<(int, int, int)> ReadMerges(JsonElement merges)
    {
        var read = new List<(int, int, int)>(merges.GetArrayLength());
        foreach (JsonElement merge in merges.EnumerateArray())
        {
            string left, right;
            if (merge.ValueKind == JsonValueKind.Array)
            {
                (left, right) = (merge[0].GetString()!, merge[1].GetString()!);
            }
            else
            {
                string text = merge.GetString()!;
                int space = text.IndexOf(' ');
                (left, right) = space < 0 ? (text, "") : (text[..space], text[(space + 1)..]);
            }

            if (!_ids.TryGetValue(left, out int leftId) || !_ids.TryGetValue(right, out int rightId) || !_ids.TryGetValue(left + right, out int id))
                throw Unsupported($"merge '{left} {right}' joins or makes a token that the vocabulary lacks", "export the tokenizer again");
            read.Add((leftId, rightId, id));
        }

        return read;
    }

    private static AddedToken ReadAddedToken(JsonElement token)
    {
        var read = new AddedToken(
            token.GetProperty("id").GetInt32(), token.GetProperty("content").GetString()!, IsTrue(token, "special"), IsTrue(token, "normalized"));
        foreach (string option in (string[])["lstrip", "rstrip", "single_word"])
        {
            if (IsTrue(token, option))
                throw Unsupported($"added token '{read.Content}' has {option}", "only plain added tokens are supported");
        }

        if (read.Content.Length == 0 || read.Id < 0)
            throw Unsupported($"added token {read.Id} is empty or has a negative id", "export the tokenizer again");
        return read;
    }

    private static void RequireKind(JsonElement root)
    {
        JsonElement model = root.GetProperty("model");
        if (TypeOf(root, "model") != "BPE")
            throw Unsupported($"model type '{TypeOf(root, "model")}'", "only byte-level BPE is supported");
        if (IsSet(root, "normalizer"))
            throw Unsupported($"normalizer '{TypeOf(root, "normalizer")}'", "SmolLM3's tokenizer has none");
        foreach (string option in (string[])["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (IsSet(model, option) && model.GetProperty(option).ToString() is not ("" or "0" or "0.0"))
                throw Unsupported($"model option {option}", "set it to null");
        }

        if (IsTrue(model, "byte_fallback"))
            throw Unsupported("model option byte_fallback", "only byte-level BPE is supported");
        if (IsSet(root, "decoder") && TypeOf(root, "decoder") != "ByteLevel")
            throw Unsupported($"decoder '{TypeOf(root, "decoder")}'", "only ByteLevel is supported");
        RequireSplit(root);
    }

    private static void RequireSplit(JsonElement root)
    {
        const string Remedy = "only Llama 3's split, followed by ByteLevel, is supported";
        if (TypeOf(root, "pre_tokenizer") != "Sequence")
            throw Unsupported($"pre_tokenizer '{TypeOf(root, "pre_tokenizer")}'", Remedy);
        JsonElement[] steps = [.. root.GetProperty("pre_tokenizer").GetProperty("pretokenizers").EnumerateArray()];
        string kinds = string.Join(", ", steps.Select(step => step.GetProperty("type").GetString()));
        if (kinds != "Split, ByteLevel")
            throw Unsupported($"pre_tokenizer sequence '{kinds}'", Remedy);
        JsonElement pattern = steps[0].GetProperty("pattern");
        if (!pattern.TryGetProperty("Regex", out JsonElement regex) || regex.GetString() != Llama3PreTokenizer.Pattern)
            throw Unsupported($"split pattern {pattern}", Remedy);
        if (steps[0].GetProperty("behavior").GetString() != "Isolated" || IsTrue(steps[0], "invert"))
            throw Unsupported("a split that is inverted or not 'Isolated'", Remedy);
        if (IsTrue(steps[1], "add_prefix_space") || !steps[1].TryGetProperty("use_regex", out JsonElement useRegex) || useRegex.GetBoolean())
            throw Unsupported("ByteLevel with add_prefix_space or use_regex", Remedy);
    }

    private static bool IsSet(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    private static bool IsTrue(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static string? TypeOf(JsonElement parent, string name) =>
        IsSet(parent, name) ? parent.GetProperty(name).GetProperty("type").GetString() : null;

    private static InvalidDataException Unsupported(string what, string remedy) => new($"tokenizer.json: unsupported {what}; {remedy}.");
}
