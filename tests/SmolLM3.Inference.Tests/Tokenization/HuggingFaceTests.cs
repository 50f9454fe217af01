using System.Text;
using System.Text.Json;
using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Inference.Tests.Tokenization;

/// <summary>The reference cases, and random ones (hugging-face.json) that Hugging Face's tokenizers 0.23 encoded and decoded.</summary>
public sealed class HuggingFaceTests
{
    private sealed record Case(string Text, int[] Ids, string Decoded, string? Skipped);

    private sealed record Row(int[] Ids, string Decoded, string Skipped);

    private sealed record CaseFile(Case[] Cases, Row[]? Rows);

    [Theory]
    [InlineData("cases.json", 30)]
    [InlineData("hugging-face.json", 240)]
    public void Encode_AnyText_GivesTheIdsOfHuggingFace(string file, int atLeast)
    {
        Case[] cases = Read(file).Cases;
        Assert.True(cases.Length >= atLeast);
        foreach (Case c in cases)
        {
            Assert.Equal(c.Ids, Tokenizers.Reference.Encode(c.Text));
            Assert.Equal(c.Ids, Tokenizers.Reference.EncodeUtf8(Encoding.UTF8.GetBytes(c.Text)));
            Assert.Equal(c.Ids.Length, Tokenizers.Reference.Count(c.Text));
        }
    }

    [Theory]
    [InlineData("cases.json")]
    [InlineData("hugging-face.json")]
    public void Decode_IdsOfAnyText_GivesTheTextOfHuggingFace(string file)
    {
        foreach (Case c in Read(file).Cases)
        {
            Assert.Equal(c.Decoded, Tokenizers.Reference.Decode(c.Ids));
            if (c.Skipped is not null)
                Assert.Equal(c.Skipped, Tokenizers.Reference.Decode(c.Ids, skipSpecialTokens: true));
        }
    }

    [Fact]
    public void Decode_IdsThatMakeNoUtf8_ReplacesAsHuggingFaceDoes()
    {
        Row[] rows = Read("hugging-face.json").Rows!;
        Assert.Contains(rows, row => row.Decoded.Contains('\uFFFD'));
        foreach (Row row in rows)
        {
            Assert.Equal(row.Decoded, Tokenizers.Reference.Decode(row.Ids));
            Assert.Equal(row.Skipped, Tokenizers.Reference.Decode(row.Ids, skipSpecialTokens: true));
        }
    }

    [Fact]
    public void StreamingDecoder_AnyIds_AppendsUpToTheWholeTextWithoutBreakingCharacters()
    {
        foreach (Row row in Read("hugging-face.json").Rows!)
        {
            foreach (bool skip in (bool[])[false, true])
            {
                StreamingDecoder decoder = Tokenizers.Reference.CreateStreamingDecoder(skip);
                var text = new StringBuilder();
                foreach (int id in row.Ids)
                {
                    text.Append(decoder.Append(id));
                    Assert.StartsWith(text.ToString(), skip ? row.Skipped : row.Decoded, StringComparison.Ordinal);
                }

                Assert.Equal(skip ? row.Skipped : row.Decoded, text.Append(decoder.Flush()).ToString());
            }
        }
    }

    [Fact]
    public void Copies_WhereTheOriginalsAreThere_EqualThem()
    {
        if (ReferenceFiles.Origin() is not { } origin)
        {
            Assert.Skip("../shared/reference is not beside this checkout; the copies are used as they are.");
            return;
        }

        foreach (string file in (string[])["tokenizer/tokenizer.json", "tokenizer/cases.json", "chat/cases.json"])
            Assert.Equal(File.ReadAllText(Path.Combine(origin, file)), File.ReadAllText(ReferenceFiles.Path(file)));
    }

    private static CaseFile Read(string file)
    {
        return JsonSerializer.Deserialize<CaseFile>(File.ReadAllText(ReferenceFiles.Path("tokenizer/" + file)), JsonSerializerOptions.Web)!;
    }
}
