using FsCheck;
using FsCheck.Fluent;

namespace SmolLM3.Batch.Testing;

/// <summary>Texts put together from pieces: one that breaks a property shrinks to the pieces that matter.</summary>
internal static class Pieced
{
    private static readonly string[] Words =
    [
        "word ", "Word, ", "longer words here. ", "\n", "\n\n", "\r\n", "\t", "    ", "# ", "## Heading\n\n", "- item\n", "3. third\n",
        "(a) ", "> quote\n", "| a | b |\n|---|---|\n| c | 4 |\n\n",
        "```\ncode\n```\n", "`x`", "*b*", "**", "[l](u)", "[^1]", "\f", "ARTICLE IV\n", "=====\n", "<p>", "</p>", "<b>", "</b>",
        "<h2>t</h2>", "<ul><li>i</ul>", "<br>", "&amp;", "<", "1,000.50 ", "%s ", "{name} ",
        "é", "e\u0301", "日本語 ", "😀", "שלום ", "مرحبا ", "so\u00ADft ", "oﬃce ", "“Term” ", "co-\noperate ", "\u2028", "\0", "\\", "\uFEFF",
        "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
    ];

    /// <summary>Anything that a document may be made of, and a little of what none is.</summary>
    public static Arbitrary<string[]> AnyText { get; } = Of(Gen.Frequency(
        (9, Gen.Elements(Words)),
        (1, ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""))));

    /// <summary>Sequences of what a generator gives.</summary>
    public static Arbitrary<T[]> Of<T>(Gen<T> piece) => Arb.From(Gen.ArrayOf(piece).Where(pieces => pieces.Length > 0), Shrink);

    /// <summary>Tries a property on so many values, the same ones in every run; a value that breaks it is shrunk and shown.</summary>
    public static void Check(Property property, int tests = 150, int size = 60) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests).WithEndSize(size).WithReplay(20_261_121UL, 7UL), property);

    /// <summary>Without one half, then without a quarter, down to one piece less.</summary>
    private static IEnumerable<T[]> Shrink<T>(T[] pieces)
    {
        for (int length = pieces.Length / 2; length >= 1; length /= 2)
        {
            for (int start = 0; start + length <= pieces.Length; start += length)
                yield return [.. pieces[..start], .. pieces[(start + length)..]];
        }
    }
}
