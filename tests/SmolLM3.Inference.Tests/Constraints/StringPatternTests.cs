using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SmolLM3.Inference.Constraints;

namespace SmolLM3.Inference.Tests.Constraints;

public sealed class StringPatternTests
{
    private static readonly string[] Atoms =
        ["a", "b", "é", "[ab]", "[^a]", "\\d", "\\w", "\\.", ".", "(?:ab|b)", "(a|é1)", "[a-c1]", "\\u00e9", "\\x61"];
    private static readonly string[] Quantifiers = ["", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,3}?", "{2,}"];
    private static readonly string[] Letters = ["a", "b", "c", "é", "1", "_", ".", "\n", "x"];

    [Fact]
    public void Compile_RandomPattern_AcceptsWhatTheRegularExpressionFinds()
    {
        var random = new Random(5);
        int found = 0;
        for (int i = 0; i < 250; i++)
        {
            string pattern = Pattern(random);
            int fewest = random.Next(3);
            int? most = random.Next(2) == 0 ? null : fewest + random.Next(5);
            Dfa? dfa = StringPattern.Compile(pattern, fewest, most);

            // .NET's "$" also matches before a last line feed, and its "." knows no other line ends; ECMA-262's do not.
            var regex = new Regex(pattern.Replace("$", "\\z", StringComparison.Ordinal).Replace("\\d", "[0-9]", StringComparison.Ordinal).Replace("\\w", "[A-Za-z0-9_]", StringComparison.Ordinal));
            for (int j = 0; j < 40; j++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => Letters[random.Next(Letters.Length)]));
                bool expected = regex.IsMatch(text) && text.Length >= fewest && (most is null || text.Length <= most);
                Assert.True(expected == Accepts(dfa, JsonText.Write(JsonValue.Create(text))), $"{pattern} {fewest}..{most} on '{text}'");
                found += expected ? 1 : 0;
            }
        }

        Assert.True(found > 1_000);
    }

    [Theory]
    [InlineData("^[\\u4e00-\\u9fff]$", "字", true)]
    [InlineData("^[\\u4e00-\\u9fff]$", "a", false)]
    [InlineData("^.$", "🙂", true)]
    [InlineData("^[\\u{1F600}-\\u{1F64F}]$", "🙂", true)]
    [InlineData("^\\s$", "\uFEFF", true)]
    [InlineData("^[^\"\\\\]*$", "a\"b", false)]
    [InlineData("^\"\\\\/$", "\"\\/", true)]
    public void Compile_CharactersOutsideAscii_AreCodePoints(string pattern, string text, bool expected) =>
        Assert.Equal(expected, Accepts(StringPattern.Compile(pattern, 0, null), JsonText.Write(JsonValue.Create(text))));

    private static string Pattern(Random random)
    {
        string Row() => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(
            _ => Atoms[random.Next(Atoms.Length)] + Quantifiers[random.Next(Quantifiers.Length)]));
        string Option() => (random.Next(2) == 0 ? "^" : "") + Row() + (random.Next(2) == 0 ? "$" : "");
        return random.Next(3) == 0 ? Option() + "|" + Option() : Option();
    }

    private static bool Accepts(Dfa? dfa, byte[] text)
    {
        int state = dfa is null ? -1 : 0;
        foreach (byte next in text)
            state = state < 0 ? -1 : dfa!.Step(state, next);
        return state >= 0 && dfa!.Accepts(state);
    }
}
