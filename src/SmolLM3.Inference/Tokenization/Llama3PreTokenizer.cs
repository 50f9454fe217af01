using Microsoft.ML.Tokenizers;

namespace SmolLM3.Inference.Tokenization;

/// <summary>
/// Splits text as the regular expression of Llama 3's tokenizer does, by code points rather than by UTF-16 units, for which .NET's own
/// <c>\p{L}</c> does not know a supplementary letter.
/// </summary>
internal sealed class Llama3PreTokenizer : PreTokenizer
{
    /// <summary>The pattern as a tokenizer.json spells it.</summary>
    public const string Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const char LongS = '\u017F';

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => Split(text.AsMemory());

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => Split(text.ToArray());

    private static IEnumerable<(int Offset, int Length)> Split(ReadOnlyMemory<char> text)
    {
        for (int start = 0; start < text.Length;)
        {
            int end = PieceEnd(text.Span, start);
            yield return (start, end - start);
            start = end;
        }
    }

    /// <summary>Where the piece that begins at an index ends. One branch an alternative of the pattern, in its order.</summary>
    internal static int PieceEnd(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'' && ContractionLength(text[(start + 1)..]) is > 0 and int contraction)
            return start + 1 + contraction;

        CharacterClass first = CharacterClasses.At(text, start, out int length);
        int next = start + length;
        if (first == CharacterClass.Letter)
            return EndOfRun(text, next, CharacterClass.Letter);
        if (first is CharacterClass.Other or CharacterClass.Space && IsAt(text, next, CharacterClass.Letter, out int letter))
            return EndOfRun(text, next + letter, CharacterClass.Letter);

        if (first == CharacterClass.Number)
        {
            for (int digits = 1; digits < 3 && IsAt(text, next, CharacterClass.Number, out int digit); digits++)
                next += digit;
            return next;
        }

        if (first == CharacterClass.Other || (text[start] == ' ' && IsAt(text, next, CharacterClass.Other, out _)))
            return EndOfRun(text, EndOfRun(text, next, CharacterClass.Other), CharacterClass.Newline);

        return EndOfWhiteSpace(text, start);
    }

    // \s*[\r\n]+ takes a run up to its last line break; \s+(?!\S) all of it at the end of the text, and else all but the last, which a
    // word may want for its own; \s+ what is left: a single one before a digit, say.
    private static int EndOfWhiteSpace(ReadOnlySpan<char> text, int start)
    {
        int end = start;
        int afterNewline = 0;
        for (; end < text.Length; end++)
        {
            CharacterClass found = CharacterClasses.At(text, end, out _);
            if (found == CharacterClass.Newline)
                afterNewline = end + 1;
            else if (found != CharacterClass.Space)
                break;
        }

        return afterNewline > 0 ? afterNewline
            : end == text.Length || end - start == 1 ? end
            : end - 1;
    }

    private static int EndOfRun(ReadOnlySpan<char> text, int start, CharacterClass of)
    {
        while (IsAt(text, start, of, out int length))
            start += length;
        return start;
    }

    private static bool IsAt(ReadOnlySpan<char> text, int index, CharacterClass wanted, out int length)
    {
        length = 0;
        return index < text.Length && CharacterClasses.At(text, index, out length) == wanted;
    }

    // What follows the apostrophe. Unicode's case folding makes the long s an s.
    private static int ContractionLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return 0;
        if (text[0] == LongS || (text[0] | 0x20) is 's' or 't' or 'm' or 'd')
            return 1;
        return text.Length > 1 && ((char)(text[0] | 0x20), (char)(text[1] | 0x20)) is ('r' or 'v', 'e') or ('l', 'l') ? 2 : 0;
    }
}
