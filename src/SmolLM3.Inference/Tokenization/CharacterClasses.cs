using System.Globalization;
using System.Text;

namespace SmolLM3.Inference.Tokenization;

/// <summary>What the split pattern distinguishes.</summary>
internal enum CharacterClass : byte
{
    /// <summary>Neither white space nor \p{L} nor \p{N}.</summary>
    Other,

    /// <summary>\p{L}.</summary>
    Letter,

    /// <summary>\p{N}.</summary>
    Number,

    /// <summary>\s, but for carriage return and line feed.</summary>
    Space,

    /// <summary>Carriage return or line feed.</summary>
    Newline,

    /// <summary>Half of a supplementary character; only in the table.</summary>
    Surrogate,
}

/// <summary>The class of every code point, as one table for the basic plane.</summary>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] Table = Build();

    /// <summary>
    /// The class of the code point at an index, and how many chars it takes. A lone surrogate is <see cref="CharacterClass.Other"/>.
    /// </summary>
    public static CharacterClass At(ReadOnlySpan<char> text, int index, out int length)
    {
        length = 1;
        CharacterClass found = Table[text[index]];
        return found == CharacterClass.Surrogate ? Supplementary(text, index, out length) : found;
    }

    private static CharacterClass Supplementary(ReadOnlySpan<char> text, int index, out int length)
    {
        length = 1;
        if (index + 1 >= text.Length || !Rune.TryCreate(text[index], text[index + 1], out Rune rune))
            return CharacterClass.Other;
        length = 2;
        return Of(Rune.GetUnicodeCategory(rune));
    }

    private static CharacterClass Of(UnicodeCategory category) => category switch
    {
        <= UnicodeCategory.OtherLetter => CharacterClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
        _ => CharacterClass.Other,
    };

    private static CharacterClass[] Build()
    {
        var table = new CharacterClass[char.MaxValue + 1];
        for (int c = 0; c <= char.MaxValue; c++)
        {
            table[c] = c is '\r' or '\n' ? CharacterClass.Newline
                : char.IsSurrogate((char)c) ? CharacterClass.Surrogate
                : char.IsWhiteSpace((char)c) ? CharacterClass.Space
                : Of(CharUnicodeInfo.GetUnicodeCategory((char)c));
        }

        return table;
    }
}
