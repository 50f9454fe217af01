using System.Globalization;
using System.Text;
using SmolLM3.Inference.Constraints;

namespace SmolLM3.Inference.Tests.Constraints;

public sealed class NumberRangeTests
{
    [Fact]
    public void Compile_RandomBounds_AcceptsExactlyTheNumbersBetween()
    {
        var random = new Random(6);
        int inside = 0;
        for (int i = 0; i < 400; i++)
        {
            bool integer = random.Next(2) == 0;
            (decimal, bool)? low = random.Next(4) == 0 ? null : (Bound(random), random.Next(2) == 0);
            (decimal, bool)? high = random.Next(4) == 0 ? null : (Bound(random), random.Next(2) == 0);
            Dfa? dfa = new NumberRange(integer, low, high).Compile();
            for (int j = 0; j < 60; j++)
            {
                decimal near = (random.Next(2) == 0 ? low : high)?.Item1 ?? 0;
                decimal value = Math.Round(
                    near + random.Next(-30, 31) * (integer ? 1 : 0.1m) / (random.Next(2) == 0 ? 1 : 100), integer ? 0 : 3);
                string text = value.ToString(CultureInfo.InvariantCulture);
                if (value == 0)
                    text = "0";
                bool expected = (low is not { } l || (l.Item2 ? value > l.Item1 : value >= l.Item1))
                    && (high is not { } h || (h.Item2 ? value < h.Item1 : value <= h.Item1));
                Assert.True(expected == Accepts(dfa, text), $"{low} .. {high}, integer {integer}: {text}");
                inside += expected ? 1 : 0;
            }
        }

        Assert.True(inside > 5_000);
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("-0", false)]
    [InlineData("-0.5", true)]
    [InlineData("00", false)]
    [InlineData("01.5", false)]
    [InlineData("1.", false)]
    [InlineData("1e3", false)]
    [InlineData("1.500000", true)]
    [InlineData("1.5000000", false)]
    [InlineData("999999999.999999", true)]
    [InlineData("1000000000", false)]
    [InlineData("", false)]
    [InlineData("-", false)]
    public void Compile_NoBounds_AcceptsPlainDecimals(string text, bool expected) =>
        Assert.Equal(expected, Accepts(new NumberRange(integer: false, null, null).Compile(), text));

    [Fact]
    public void Compile_BoundsThatCross_IsNothing() => Assert.Null(new NumberRange(integer: true, (3, true), (4, true)).Compile());

    private static decimal Bound(Random random) => random.Next(3) switch
    {
        0 => random.Next(-12, 13),
        1 => Math.Round((decimal)(random.NextDouble() * 400 - 200), random.Next(4)),
        _ => random.Next(-100_000, 100_000) / 1_000m,
    };

    private static bool Accepts(Dfa? dfa, string text)
    {
        int state = dfa is null ? -1 : 0;
        foreach (byte next in Encoding.ASCII.GetBytes(text))
            state = state < 0 ? -1 : dfa!.Step(state, next);
        return state >= 0 && dfa!.Accepts(state);
    }
}
