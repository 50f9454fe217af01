using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace Local.Microsoft.ML.Tokenizers.Tests;

public sealed class TiktokenTokenizerTests
{
    private const int End = 1_000;
    private static readonly Dictionary<string, int> Special = new() { ["<|end|>"] = End };
    private static readonly string[] Words = ["ab", "abc", "bc", "abcd", " a", "xx", "xxxx", "é", "🙂"];

    // Ids 0..255 are the bytes, then the words in their order.
    private static TiktokenTokenizer Create(bool special = true)
    {
        var ranks = new StringBuilder();
        for (int b = 0; b < 256; b++)
            ranks.Append(Convert.ToBase64String([(byte)b])).Append(' ').Append(b).Append('\n');
        for (int i = 0; i < Words.Length; i++)
            ranks.Append(Convert.ToBase64String(Encoding.UTF8.GetBytes(Words[i]))).Append(' ').Append(256 + i).Append('\n');
        return TiktokenTokenizer.Create(
            new MemoryStream(Encoding.ASCII.GetBytes(ranks.ToString())),
            new RegexPreTokenizer(new Regex(@" ?\p{L}+|\s+|[^\s\p{L}]+"), special ? Special : null),
            normalizer: null,
            special ? Special : null);
    }

    private static int Id(string word) => 256 + Array.IndexOf(Words, word);

    [Fact]
    public void EncodeToIds_Text_MergesByLowestRank()
    {
        TiktokenTokenizer tokenizer = Create();
        Assert.Equal([Id("abcd")], tokenizer.EncodeToIds("abcd"));
        Assert.Equal([Id("abc"), 'b'], tokenizer.EncodeToIds("abcb"));
        Assert.Equal(['z', Id("ab"), 'a'], tokenizer.EncodeToIds("zaba"));
        Assert.Equal([' ', Id("abc")], tokenizer.EncodeToIds(" abc"));
        Assert.Empty(tokenizer.EncodeToIds(""));
    }

    [Fact]
    public void EncodeToIds_SpecialToken_IsOneId()
    {
        Assert.Equal([Id("ab"), End, Id("ab")], Create().EncodeToIds("ab<|end|>ab"));
        Assert.DoesNotContain(End, Create(special: false).EncodeToIds("ab<|end|>ab"));
    }

    [Fact]
    public void EncodeToIds_LongRuns_AreAsThoseOfTheShortAlgorithm()
    {
        var random = new Random(3);
        TiktokenTokenizer tokenizer = Create();
        for (int i = 0; i < 200; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(100, 200)).Select(_ => "abcdx"[random.Next(5)]));
            Assert.Equal(ByDefinition(text), tokenizer.EncodeToIds(text));
        }
    }

    private static IEnumerable<int> ByDefinition(string text)
    {
        var parts = text.Select(c => c.ToString()).ToList();
        if (Array.IndexOf(Words, text) is >= 0 and int whole)
            return [256 + whole];
        while (true)
        {
            int best = -1;
            int rank = int.MaxValue;
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                int at = Array.IndexOf(Words, parts[i] + parts[i + 1]);
                if (at >= 0 && at < rank)
                    (best, rank) = (i, at);
            }

            if (best < 0)
                return parts.Select(part => part.Length == 1 ? part[0] : Id(part));
            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }
    }

    [Fact]
    public void EncodeToIds_MaxTokenCount_StopsAtWholeCharacters()
    {
        TiktokenTokenizer tokenizer = Create();
        Assert.Equal([Id("ab")], tokenizer.EncodeToIds("abé", 1, out string? normalized, out int consumed));
        Assert.Null(normalized);
        Assert.Equal(2, consumed);

        // The kanji is three bytes: with room for two of them it is left out whole.
        Assert.Equal([Id("ab")], tokenizer.EncodeToIds("ab字", 3, out _, out consumed));
        Assert.Equal(2, consumed);
        Assert.Equal(4, tokenizer.EncodeToIds("ab字", 4, out _, out consumed).Count);
        Assert.Equal(3, consumed);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.EncodeToIds("ab", 0, out _, out _));
    }

    [Fact]
    public void CountTokens_Text_CountsTheIds()
    {
        Assert.Equal(2, Create().CountTokens("abcb"));
        Assert.Equal(2, Create().CountTokens("abcb".AsSpan()));
    }

    [Fact]
    public void EncodeToIds_WithoutPreTokenization_TakesTheTextAsOnePiece() =>
        Assert.Equal([Id("ab"), ' ', Id("bc")], Create().EncodeToIds("ab bc", considerPreTokenization: false));

    [Fact]
    public void Decode_Ids_PassesOverUnknownOnes() => Assert.Equal("ab<|end|>é", Create().Decode([Id("ab"), 99_999, End, Id("é")]));

    [Fact]
    public void Decode_SplitCharacter_NeedsMoreData()
    {
        TiktokenTokenizer tokenizer = Create();
        Span<char> destination = stackalloc char[16];
        byte[] smile = Encoding.UTF8.GetBytes("🙂");

        Assert.Equal(
            OperationStatus.NeedMoreData, tokenizer.Decode([Id("ab"), smile[0], smile[1]], destination, out int ids, out int chars));
        Assert.Equal((1, 2), (ids, chars));
        Assert.Equal(OperationStatus.Done, tokenizer.Decode([Id("ab"), .. smile.Select(b => (int)b)], destination, out ids, out chars));
        Assert.Equal((5, 4), (ids, chars));
        Assert.Equal("ab🙂", destination[..chars].ToString());
    }

    [Fact]
    public void Decode_ShortDestinationOrBadIds_SaysSo()
    {
        TiktokenTokenizer tokenizer = Create();
        Span<char> destination = stackalloc char[3];
        Assert.Equal(OperationStatus.DestinationTooSmall, tokenizer.Decode([Id("ab"), Id("bc")], destination, out int ids, out int chars));
        Assert.Equal((1, 2), (ids, chars));
        Assert.Equal(OperationStatus.InvalidData, tokenizer.Decode([0xFF], destination, out _, out _));
        Assert.Equal(OperationStatus.InvalidData, tokenizer.Decode([99_999], destination, out _, out _));
    }

    [Theory]
    [InlineData("!!! 1")]
    [InlineData("YQ== one")]
    [InlineData("YQ== 1 2")]
    public void Create_BadRanksFile_Throws(string line)
    {
        var stream = new MemoryStream(Encoding.ASCII.GetBytes(line));
        Assert.Throws<InvalidOperationException>(() => TiktokenTokenizer.Create(stream, null, null));
    }

    [Fact]
    public void Create_RanksByLine_CountsFromZero()
    {
        var stream = new MemoryStream("YQ==\nYg==\nYWI=\n"u8.ToArray());
        Assert.Equal([2, 1], TiktokenTokenizer.Create(stream, null, null).EncodeToIds("abb"));
    }

    [Fact]
    public void EncodeToIds_ByteWithoutToken_Throws()
    {
        var stream = new MemoryStream("YQ==\n"u8.ToArray());
        Assert.Throws<KeyNotFoundException>(() => TiktokenTokenizer.Create(stream, null, null).EncodeToIds("ax"));
    }
}
