using System.Globalization;
using System.Text;

namespace SmolLM3.Inference.Constraints;

/// <summary>
/// Reads the regular expressions of <c>pattern</c> (ECMA-262, by code points) as far as they are regular: no look-around, no word boundary,
/// no back-reference, and <c>^</c> and <c>$</c> only at the ends of the expression or of its alternatives.
/// </summary>
internal sealed class PatternParser
{
    private static readonly PatternNode Anything = new PatternNode.Repeat(new PatternNode.Chars(CharSet.All), 0, null);

    // Deeper ones could exhaust the stack.
    private const int MostNested = 200;

    private readonly Rune[] _pattern;
    private int _at;
    private int _nested;

    private PatternParser(string pattern)
    {
        _pattern = [.. pattern.EnumerateRunes()];
    }

    /// <summary>The expression of all strings in which the pattern is found.</summary>
    /// <exception cref="FormatException">It is malformed.</exception>
    /// <exception cref="NotSupportedException">It uses what is not supported.</exception>
    public static PatternNode Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        PatternNode node = parser.ReadChoice(outermost: true);
        return parser._at == parser._pattern.Length ? node : throw new FormatException("a ')' that closes nothing");
    }

    private PatternNode ReadChoice(bool outermost)
    {
        var options = new List<PatternNode>();
        do
        {
            var parts = new List<PatternNode>();
            if (outermost && !Take('^'))
                parts.Add(Anything);
            bool ended = false;
            while (_at < _pattern.Length && !Is('|') && !Is(')'))
            {
                if (ended)
                    throw new NotSupportedException("'$' before the end");
                if (outermost && Take('$'))
                    ended = true;
                else
                    parts.Add(ReadRepeated());
            }

            if (outermost && !ended)
                parts.Add(Anything);
            options.Add(new PatternNode.Row(parts));
        }
        while (Take('|'));
        return options.Count == 1 ? options[0] : new PatternNode.Choice(options);
    }

    private PatternNode ReadRepeated()
    {
        PatternNode part = ReadPart();
        for (bool repeated = false; _at < _pattern.Length; repeated = true)
        {
            if (repeated && (Is('*') || Is('+') || Is('?') || Is('{')))
                throw new FormatException("a quantifier that follows another");
            if (Take('*'))
                part = new PatternNode.Repeat(part, 0, null);
            else if (Take('+'))
                part = new PatternNode.Repeat(part, 1, null);
            else if (Take('?'))
                part = new PatternNode.Repeat(part, 0, 1);
            else if (Is('{'))
                part = ReadCounted(part);
            else
                return part;

            // A lazy quantifier finds another match, but in the same strings.
            Take('?');
        }

        return part;
    }

    private PatternNode.Repeat ReadCounted(PatternNode part)
    {
        const int MostRepeats = 1000;
        _at++;
        int fewest = ReadNumber();
        int? most = fewest;
        if (Take(','))
            most = Is('}') ? null : ReadNumber();
        if (!Take('}') || most < fewest)
            throw new FormatException("a malformed {n,m}");
        return Math.Max(fewest, most ?? 0) <= MostRepeats
            ? new PatternNode.Repeat(part, fewest, most)
            : throw new NotSupportedException($"more than {MostRepeats} repetitions");
    }

    private int ReadNumber()
    {
        int start = _at;
        while (_at < _pattern.Length && _pattern[_at].Value is >= '0' and <= '9')
            _at++;
        return int.TryParse(string.Concat(_pattern[start.._at]), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new FormatException("a malformed {n,m}");
    }

    private PatternNode ReadPart()
    {
        Rune next = _pattern[_at++];
        switch (next.Value)
        {
            case '(':
                if (Take('?') && !Take(':'))
                    throw new NotSupportedException("look-around and named groups");
                if (++_nested > MostNested)
                    throw new NotSupportedException($"groups more than {MostNested} deep");
                PatternNode group = ReadChoice(outermost: false);
                _nested--;
                return Take(')') ? group : throw new FormatException("a '(' that is not closed");
            case '[':
                return new PatternNode.Chars(ReadClass());
            case '.':
                return new PatternNode.Chars(CharSet.LineEnds.Complement());
            case '\\':
                return new PatternNode.Chars(ReadEscape(inClass: false));
            case '^' or '$':
                throw new NotSupportedException($"'{next}' inside the expression");
            case '*' or '+' or '?' or '{':
                throw new FormatException($"a '{next}' that repeats nothing");
            default:
                return new PatternNode.Chars(new CharSet([(next.Value, next.Value)]));
        }
    }

    private CharSet ReadClass()
    {
        bool negated = Take('^');
        var ranges = new List<(int, int)>();
        while (!Take(']'))
        {
            CharSet low = ReadClassPart();
            if (Is('-') && _at + 1 < _pattern.Length && _pattern[_at + 1].Value != ']')
            {
                _at++;
                CharSet high = ReadClassPart();
                int first = Single(low);
                int last = Single(high);
                if (first > last)
                    throw new FormatException("a range of characters that runs backwards");
                ranges.Add((first, last));
            }
            else
            {
                ranges.AddRange(low.Ranges);
            }
        }

        var set = new CharSet(ranges);
        return negated ? set.Complement() : set;
    }

    private CharSet ReadClassPart()
    {
        if (_at >= _pattern.Length)
            throw new FormatException("a '[' that is not closed");
        Rune next = _pattern[_at++];
        return next.Value == '\\' ? ReadEscape(inClass: true) : new CharSet([(next.Value, next.Value)]);
    }

    private static int Single(CharSet set) => set.Ranges is [var (low, high)] && low == high
        ? low
        : throw new FormatException("a range of characters between classes");

    private CharSet ReadEscape(bool inClass)
    {
        if (_at >= _pattern.Length)
            throw new FormatException("a '\\' at the end");
        int next = _pattern[_at++].Value;
        switch (next)
        {
            case 'd': return CharSet.Digits;
            case 'D': return CharSet.Digits.Complement();
            case 'w': return CharSet.Word;
            case 'W': return CharSet.Word.Complement();
            case 's': return CharSet.Space;
            case 'S': return CharSet.Space.Complement();
            case 't': return One('\t');
            case 'n': return One('\n');
            case 'v': return One('\v');
            case 'f': return One('\f');
            case 'r': return One('\r');
            case 'b' when inClass: return One('\b');
            case 'x': return One(ReadHex(2));
            case 'u': return One(Take('{') ? ReadHexInBraces() : ReadHex(4));
            case '0': return One(0);
        }

        return char.IsAsciiLetterOrDigit((char)next)
            ? throw new NotSupportedException($"'\\{new Rune(next)}'")
            : One(next);
    }

    private static CharSet One(int codePoint) => Rune.IsValid(codePoint)
        ? new CharSet([(codePoint, codePoint)])
        : throw new NotSupportedException("half of a surrogate pair");

    private int ReadHex(int digits)
    {
        string text = string.Concat(_pattern.Skip(_at).Take(digits));
        _at += digits;
        return text.Length == digits && int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new FormatException("a malformed \\x or \\u");
    }

    private int ReadHexInBraces()
    {
        int length = _pattern.Skip(_at).TakeWhile(next => next.Value != '}').Count();
        int value = ReadHex(length);
        return Take('}') ? value : throw new FormatException("a malformed \\u{}");
    }

    private bool Is(char c) => _at < _pattern.Length && _pattern[_at].Value == c;

    private bool Take(char c)
    {
        if (!Is(c))
            return false;
        _at++;
        return true;
    }
}
