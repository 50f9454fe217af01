using System.Text;
using System.Text.Json.Nodes;
using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Inference.Tests.Tokenization;

/// <summary>What would be encoded otherwise than Hugging Face does is refused at load, by name.</summary>
public sealed class TokenizerJsonTests
{
    [Theory]
    [InlineData("WordPiece", "model type 'WordPiece'")]
    public void Load_OtherModel_IsRefused(string type, string message) => Refused(json => json["model"]!["type"] = type, message);

    [Fact]
    public void Load_Normalizer_IsRefused() =>
        Refused(json => json["normalizer"] = new JsonObject { ["type"] = "NFC" }, "normalizer 'NFC'");

    [Fact]
    public void Load_OtherSplit_IsRefused() =>
        Refused(json => json["pre_tokenizer"]!["pretokenizers"]![0]!["pattern"]!["Regex"] = @"\w+", @"split pattern");

    [Fact]
    public void Load_StrippingAddedToken_IsRefused() => Refused(json => json["added_tokens"]![0]!["lstrip"] = true, "lstrip");

    [Fact]
    public void Load_ByteWithoutToken_IsRefused() =>
        Refused(json => ((JsonObject)json["model"]!["vocab"]!).Remove("!"), "no token for the byte 0x21");

    [Fact]
    public void Load_MergeOfUnknownToken_IsRefused() =>
        Refused(json => ((JsonArray)json["model"]!["merges"]!).Add(new JsonArray("Ġq", "Ġq")), "merge 'Ġq Ġq'");

    [Fact]
    public void Load_IdsThatDoNotFollowTheMerges_AreRefused() => Refused(
        json =>
        {
            var vocab = (JsonObject)json["model"]!["vocab"]!;
            (vocab["Ġt"], vocab["Ġa"]) = (vocab["Ġa"]!.DeepClone(), vocab["Ġt"]!.DeepClone());
        },
        "cannot be encoded by rank");

    [Fact]
    public void Load_TokenWithoutItsMerge_IsRefused() =>
        Refused(json => ((JsonArray)json["model"]!["merges"]!).RemoveAt(0), "its two parts have no merge");

    [Fact]
    public void Load_Truncated_SaysMalformed()
    {
        byte[] json = File.ReadAllBytes(ReferenceFiles.Path("tokenizer/tokenizer.json"));
        var error = Assert.Throws<InvalidDataException>(() => SmolLM3Tokenizer.Load(new MemoryStream(json[..^100])));
        Assert.Contains("malformed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MergesAsText_GivesTheSameTokenizer()
    {
        SmolLM3Tokenizer tokenizer = Load(json =>
        {
            var merges = (JsonArray)json["model"]!["merges"]!;
            json["model"]!["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)$"{merge![0]} {merge[1]}")]);
        });
        const string Text = "The Supplier shall not be liable.";
        Assert.Equal(Tokenizers.Reference.Encode(Text), tokenizer.Encode(Text));
    }

    [Fact]
    public void Load_TokenThatNoMergeMakes_IsUsedForAWholePiece()
    {
        SmolLM3Tokenizer tokenizer = Load(json => json["model"]!["vocab"]!["qzqzq"] = 1_600);
        Assert.Equal([1_600], tokenizer.Encode("qzqzq"));
        Assert.Equal(Tokenizers.Reference.Encode("qzqzqx"), tokenizer.Encode("qzqzqx"));
    }

    private static SmolLM3Tokenizer Load(Action<JsonNode> change)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(ReferenceFiles.Path("tokenizer/tokenizer.json")))!;
        change(json);
        return SmolLM3Tokenizer.Load(new MemoryStream(Encoding.UTF8.GetBytes(json.ToJsonString())));
    }

    private static void Refused(Action<JsonNode> change, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Load(change)).Message, StringComparison.Ordinal);
}
