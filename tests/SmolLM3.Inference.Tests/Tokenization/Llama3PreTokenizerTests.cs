using System.Text.RegularExpressions;
using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Inference.Tests.Tokenization;

public sealed class Llama3PreTokenizerTests
{
    // .NET folds no long s into s, and knows supplementary characters only by their halves; the pattern is the same but for these.
    private static readonly Regex Pattern = new(
        Llama3PreTokenizer.Pattern.Replace("'s|", "'s|'ſ|", StringComparison.Ordinal), RegexOptions.Compiled);

    [Fact]
    public void PreTokenize_RandomTextOfTheBasicPlane_SplitsAsTheRegularExpressionDoes()
    {
        var random = new Random(20260829);
        var splitter = new Llama3PreTokenizer();
        for (int i = 0; i < 5_000; i++)
        {
            string text = RandomText.Next(random, 24, supplementary: false);
            var expected = Pattern.Matches(text).Select(match => (match.Index, match.Length)).ToArray();
            Assert.Equal(expected, splitter.PreTokenize(text).ToArray());
            Assert.Equal(expected, splitter.PreTokenize(text.AsSpan()).ToArray());
        }
    }

    [Theory]
    [InlineData("a𝒜b 𝒜", "a𝒜b", " 𝒜")]
    [InlineData("🙂abc", "🙂abc")]
    [InlineData("🙂🙂abc", "🙂🙂", "abc")]
    [InlineData("𝟏𝟐𝟑𝟒", "𝟏𝟐𝟑", "𝟒")]
    [InlineData("don't DON'T x'lly", "don", "'t", " DON", "'T", " x", "'ll", "y")]
    [InlineData("a   b", "a", "  ", " b")]
    [InlineData("a  1", "a", " ", " ", "1")]
    [InlineData("x \n\n  y", "x", " \n\n", " ", " y")]
    [InlineData("end.\r\n\r\nNext", "end", ".\r\n\r\n", "Next")]
    [InlineData("a  ", "a", "  ")]
    public void PreTokenize_Example_SplitsByCodePoints(string text, params string[] pieces) =>
        Assert.Equal(pieces, new Llama3PreTokenizer().PreTokenize(text).Select(piece => text.Substring(piece.Offset, piece.Length)));
}
