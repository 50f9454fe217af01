using System.Text;

namespace SmolLM3.Inference.Tests.Tokenization;

/// <summary>Seeded texts that mix every script with what a split pattern looks at.</summary>
internal static class RandomText
{
    private static readonly string[] Pieces =
        ["'s", "'T", "'re", "'lL", "'ſ", "''", " ", "  ", "\n", "\r\n", "\t", "\u00A0", "\u2003", "\u0085", "word", " Agreement", "été", "12345", "Ⅷ²", "…", "(", "<|", "|>", "xxxx"];

    public static string Next(Random random, int pieces, bool supplementary, bool loneSurrogates = false)
    {
        var text = new StringBuilder();
        for (int i = random.Next(pieces + 1); i > 0; i--)
        {
            switch (random.Next(4))
            {
                case 0:
                    text.Append((char)random.Next(0x20, 0xD800));
                    break;
                case 1 when loneSurrogates:
                    text.Append((char)random.Next(0xD800, 0xE000));
                    break;
                case 2 when supplementary:
                    text.Append(new Rune(random.Next(0x10000, 0x110000)).ToString());
                    break;
                default:
                    text.Append(Pieces[random.Next(Pieces.Length)]);
                    break;
            }
        }

        return text.ToString();
    }
}
