using System.Text.Json;
using Parts = System.Collections.Generic.IReadOnlyDictionary<string, System.Text.Json.JsonElement>;

namespace SmolLM3.Inference.Tokenization;

/// <summary>
/// The small parts of a tokenizer.json: all that would make Hugging Face encode or decode otherwise than this tokenizer is refused.
/// </summary>
internal static class TokenizerSettings
{
    private const string Remedy = "only byte-level BPE is supported";
    private const string SplitRemedy = "only Llama 3's split, followed by ByteLevel, is supported";

    public static void Require(Parts parts, Parts model)
    {
        RequireModel(model);
        if (IsSet(parts, "normalizer"))
            throw Unsupported($"normalizer '{TypeOf(parts["normalizer"])}'", "SmolLM3's tokenizer has none");
        foreach (string option in (string[])["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (IsSet(model, option) && model[option].ToString() is not ("" or "0" or "0.0"))
                throw Unsupported($"model option {option}", "set it to null");
        }

        if (IsTrue(model, "byte_fallback"))
            throw Unsupported("model option byte_fallback", Remedy);
        if (IsSet(parts, "decoder") && TypeOf(parts["decoder"]) != "ByteLevel")
            throw Unsupported($"decoder '{TypeOf(parts["decoder"])}'", "only ByteLevel is supported");
        if (!IsSet(parts, "pre_tokenizer"))
            throw Unsupported("tokenizer without a pre_tokenizer", SplitRemedy);
        RequireSplit(parts["pre_tokenizer"]);
    }

    /// <summary>The kind of model, as soon as it is known: before a vocabulary of another kind is read.</summary>
    public static void RequireModel(Parts model)
    {
        if (model.TryGetValue("type", out JsonElement type) && type.GetString() != "BPE")
            throw Unsupported($"model type '{type}'", Remedy);
    }

    public static IReadOnlyList<AddedToken> AddedTokens(Parts parts) =>
        IsSet(parts, "added_tokens") ? [.. parts["added_tokens"].EnumerateArray().Select(ReadAddedToken)] : [];

    public static bool IsTrue(Parts parts, string name) =>
        parts.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    public static InvalidDataException Unsupported(string what, string remedy) => new($"tokenizer.json: unsupported {what}; {remedy}.");

    private static AddedToken ReadAddedToken(JsonElement token)
    {
        var read = new AddedToken(
            token.GetProperty("id").GetInt32(), token.GetProperty("content").GetString()!, IsTrue(token, "special"),
            IsTrue(token, "normalized"));
        foreach (string option in (string[])["lstrip", "rstrip", "single_word"])
        {
            if (IsTrue(token, option))
                throw Unsupported($"added token '{read.Content}' with {option}", "only plain added tokens are supported");
        }

        if (string.IsNullOrEmpty(read.Content) || read.Id < 0)
            throw Unsupported($"added token {read.Id}: it is empty or has a negative id", "export the tokenizer again");
        return read;
    }

    private static void RequireSplit(JsonElement preTokenizer)
    {
        if (TypeOf(preTokenizer) != "Sequence")
            throw Unsupported($"pre_tokenizer '{TypeOf(preTokenizer)}'", SplitRemedy);
        JsonElement[] steps = [.. preTokenizer.GetProperty("pretokenizers").EnumerateArray()];
        string kinds = string.Join(", ", steps.Select(TypeOf));
        if (kinds != "Split, ByteLevel")
            throw Unsupported($"pre_tokenizer sequence '{kinds}'", SplitRemedy);
        JsonElement pattern = steps[0].GetProperty("pattern");
        if (!pattern.TryGetProperty("Regex", out JsonElement regex) || regex.GetString() != Llama3PreTokenizer.Pattern)
            throw Unsupported($"split pattern {pattern}", SplitRemedy);
        if (steps[0].GetProperty("behavior").GetString() != "Isolated" || IsTrue(steps[0], "invert"))
            throw Unsupported("split that is inverted or not 'Isolated'", SplitRemedy);
        if (IsTrue(steps[1], "add_prefix_space") || !steps[1].TryGetProperty("use_regex", out JsonElement useRegex) || useRegex.GetBoolean())
            throw Unsupported("ByteLevel with add_prefix_space or use_regex", SplitRemedy);
    }

    private static bool IsSet(Parts parts, string name) =>
        parts.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    private static bool IsTrue(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static string? TypeOf(JsonElement part) => part.GetProperty("type").GetString();
}
