using System.Diagnostics;
using System.Text;
using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Inference.Tests.Tokenization;

public sealed class SmolLM3TokenizerTests
{
    private static SmolLM3Tokenizer Tokenizer => Tokenizers.Reference;

    [Fact]
    public void CountWithin_AnyBeginning_CountsTheTokensThatEndInIt()
    {
        var random = new Random(11);
        for (int round = 0; round < 300; round++)
        {
            string text = RandomText.Next(random, 30, supplementary: true);
            int[] ids = Tokenizers.Reference.Encode(text);
            string beginning = text[..random.Next(text.Length + 1)];
            int count = Tokenizers.Reference.CountWithin(ids, beginning);
            int bytes = Encoding.UTF8.GetByteCount(beginning);
            Assert.InRange(Bytes(count), 0, bytes);
            Assert.True(count == ids.Length || Bytes(count + 1) > bytes);

            int Bytes(int tokens) => ids.Take(tokens).Sum(id => Tokenizers.Reference.GetTokenBytes(id).Length);
        }
    }

    [Fact]
    public void Encode_ThenDecode_GivesTheTextBack()
    {
        var random = new Random(7);
        for (int i = 0; i < 2_000; i++)
        {
            string text = RandomText.Next(random, 30, supplementary: true);
            Assert.Equal(text, Tokenizer.Decode(Tokenizer.Encode(text)));
            Assert.Equal(text, Tokenizer.Decode(Tokenizer.Encode(text, specialTokens: false)));
        }
    }

    [Fact]
    public void Encode_LoneSurrogates_CountAsReplacementCharacters()
    {
        var random = new Random(8);
        for (int i = 0; i < 2_000; i++)
        {
            string text = RandomText.Next(random, 12, supplementary: true, loneSurrogates: true);
            string repaired = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            Assert.Equal(Tokenizer.Encode(repaired), Tokenizer.Encode(text));
            Assert.Equal(repaired, Tokenizer.Decode(Tokenizer.Encode(text)));
        }
    }

    [Fact]
    public void EncodeUtf8_IllFormedBytes_CountAsReplacementCharacters()
    {
        byte[] bytes = [(byte)'a', 0xFF, 0xE2, 0x82, (byte)'b', 0xED, 0xA0, 0x80];
        Assert.Equal(Tokenizer.Encode("a\uFFFD\uFFFDb\uFFFD\uFFFD\uFFFD"), Tokenizer.EncodeUtf8(bytes));
    }

    [Fact]
    public void EncodeUtf8_ByteOrderMark_IsKept() =>
        Assert.Equal("\uFEFFa", Tokenizer.Decode(Tokenizer.EncodeUtf8([0xEF, 0xBB, 0xBF, (byte)'a'])));

    [Fact]
    public void Encode_WithoutSpecialTokens_SpellsThemOut()
    {
        const string Text = "a<|im_end|>\n<think>b";
        Assert.True(Tokenizer.TryGetId("<|im_end|>", out int end));
        Assert.True(Tokenizer.TryGetId("<think>", out int think));
        int[] ids = Tokenizer.Encode(Text, specialTokens: false);
        Assert.DoesNotContain(end, ids);
        Assert.DoesNotContain(think, ids);
        Assert.Equal(Text, Tokenizer.Decode(ids, skipSpecialTokens: true));
        Assert.Contains(end, Tokenizer.Encode(Text));
    }

    [Fact]
    public void Encode_AHundredThousandEqualLetters_TakesNoQuadraticTime()
    {
        string text = new('x', 100_000);
        Tokenizer.Encode(text.AsSpan(0, 10_000));
        long start = Stopwatch.GetTimestamp();
        int[] ids = Tokenizer.Encode(text);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
        Assert.Equal(text, Tokenizer.Decode(ids));
    }

    [Fact]
    public async Task Encode_FromManyThreads_GivesTheSame()
    {
        string text = RandomText.Next(new Random(9), 3_000, supplementary: true);
        int[] expected = Tokenizer.Encode(text);
        int[][] results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Tokenizer.Encode(text))));
        Assert.All(results, ids => Assert.Equal(expected, ids));
    }

    [Fact]
    public void Tokens_KnowTheirBytes()
    {
        Assert.Equal(1_519, Tokenizer.VocabularySize);
        Assert.True(Tokenizer.TryGetId("<|im_end|>", out int end));
        Assert.True(Tokenizer.IsSpecial(end));
        Assert.Equal("<|im_end|>"u8, Tokenizer.GetTokenBytes(end).Span);
        Assert.True(Tokenizer.TryGetId("<think>", out int think));
        Assert.False(Tokenizer.IsSpecial(think));
        Assert.True(Tokenizer.TryGetId(" the", out int the));
        Assert.Equal(" the"u8, Tokenizer.GetTokenBytes(the).Span);
        Assert.False(Tokenizer.TryGetId("never one token", out _));
        Assert.True(Tokenizer.GetTokenBytes(999_999).IsEmpty);
        Assert.False(Tokenizer.IsSpecial(-1));
        Assert.Equal("", Tokenizer.Decode([999_999, -1]));
    }

    [Fact]
    public void StreamingDecoder_SplitCharacter_AppearsWithItsLastToken()
    {
        StreamingDecoder decoder = Tokenizer.CreateStreamingDecoder();
        int[] ids = Tokenizer.Encode("🙂");
        Assert.True(ids.Length > 1);
        Assert.All(ids[..^1], id => Assert.Equal("", decoder.Append(id)));
        Assert.Equal("🙂", decoder.Append(ids[^1]));
        Assert.Equal("", decoder.Flush());
    }
}
