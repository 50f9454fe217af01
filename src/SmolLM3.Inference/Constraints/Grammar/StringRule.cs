namespace SmolLM3.Inference.Constraints;

/// <summary>
/// A string of any characters, whose length may be limited. Well-formed UTF-8 and JSON's escapes only; of <c>\u</c>, those that are no
/// half of a surrogate pair. A state is the number of characters begun and the place inside the one at hand.
/// </summary>
internal sealed class StringRule : Rule
{
    private const int Places = 16;
    private const int Opening = 0, Body = 1, Escape = 2, Hex1 = 3, Hex2 = 4, HexAfterD = 5, Hex3 = 6, Hex4 = 7;
    private const int Tail1 = 8, Tail2 = 9, Tail3 = 10, AfterE0 = 11, AfterED = 12, AfterF0 = 13, AfterF4 = 14, Closed = 15;

    // The fewest bytes that bring a place back to Body.
    private static readonly int[] BytesToBody = [1, 0, 1, 4, 3, 3, 2, 1, 1, 2, 3, 2, 2, 3, 3, 0];

    private static readonly bool[] Plain = [.. Enumerable.Range(0, 256).Select(b => Next(Body, (byte)b) == Body && b != '"')];

    /// <param name="fewest">The fewest characters.</param>
    /// <param name="most">The most, or null.</param>
    public StringRule(int fewest, int? most)
    {
        Fewest = fewest;
        Most = most ?? int.MaxValue;
    }

    /// <summary>The most bytes that a begun character can lack.</summary>
    public static int MostBytesToBody => BytesToBody.Max();

    /// <summary>The fewest characters.</summary>
    public int Fewest { get; }

    /// <summary>The most characters; <see cref="int.MaxValue"/> where there is no limit.</summary>
    public int Most { get; }

    public override bool IsShared => true;

    public override int Start => Opening;

    /// <summary>How many places there are inside the character at hand: those before the closing quote.</summary>
    public static int OpenPlaces => Closed;

    /// <summary>Whether a state is inside the string, where the character at hand, if there is one, is counted already.</summary>
    public static bool IsInside(int state) => state % Places is not (Opening or Closed);

    /// <summary>The fewest bytes that end the character at hand.</summary>
    public static int BytesFrom(int place) => BytesToBody[place];

    /// <summary>Reads bytes from a place of a string of any length; false if it could not hold them.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="place">Where they begin.</param>
    /// <param name="characters">How many characters begin in them, before the closing quote if there is one.</param>
    /// <param name="bytesToBody">The bytes that the last character still lacks.</param>
    /// <param name="end">Where the bytes after the closing quote begin, or -1 if there is none.</param>
    public static bool Read(ReadOnlySpan<byte> bytes, int place, out int characters, out int bytesToBody, out int end)
    {
        (characters, bytesToBody, end) = (0, 0, -1);
        for (int i = 0; i < bytes.Length; i++)
        {
            if (place == Body && bytes[i] == '"')
            {
                end = i + 1;
                return true;
            }

            characters += place == Body ? 1 : 0;
            place = Next(place, bytes[i]);
            if (place < 0)
                return false;
        }

        bytesToBody = BytesToBody[place];
        return true;
    }

    public override bool Accepts(int state) => state % Places == Closed;

    public override bool Reads(int state) => state % Places != Closed;

    public override int Step(int state, byte next)
    {
        int begun = state / Places;
        int place = state % Places;
        if (place == Body)
        {
            if (next == '"')
                return begun >= Fewest ? begun * Places + Closed : -1;
            if (begun >= Most)
                return -1;

            // Without an upper limit only the characters up to the lower one need counting.
            if (Most != int.MaxValue || begun < Fewest)
                begun++;
        }

        int to = Next(place, next);
        return to < 0 ? -1 : begun * Places + to;
    }

    // Of an unlimited string, those that are a whole character by themselves.
    public override bool[]? LoopOf(int state) => Most == int.MaxValue && state == Fewest * Places + Body ? Plain : null;

    public override int TokensFrom(int state)
    {
        int place = state % Places;
        return place == Closed ? 0 : BytesToBody[place] + Math.Max(0, Fewest - state / Places) + 1;
    }

    public override (Rule Rule, int State) Canonical(int state, StringRules strings)
    {
        int begun = state / Places;
        int left = Most == int.MaxValue ? int.MaxValue : Most - begun;
        return (strings.Get(Math.Max(0, Fewest - begun), left), state % Places);
    }

    private static int Next(int place, byte next) => place switch
    {
        Opening => next == '"' ? Body : -1,
        Body => next switch
        {
            (byte)'\\' => Escape,
            < 0x20 => -1,
            < 0x80 => Body,
            < 0xC2 => -1,
            < 0xE0 => Tail1,
            0xE0 => AfterE0,
            0xED => AfterED,
            < 0xF0 => Tail2,
            0xF0 => AfterF0,
            < 0xF4 => Tail3,
            0xF4 => AfterF4,
            _ => -1,
        },
        Escape => next switch
        {
            (byte)'u' => Hex1,
            (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' => Body,
            _ => -1,
        },
        Hex1 => next is (byte)'d' or (byte)'D' ? HexAfterD : IsHex(next) ? Hex2 : -1,
        Hex2 => IsHex(next) ? Hex3 : -1,
        HexAfterD => next is >= (byte)'0' and <= (byte)'7' ? Hex3 : -1,
        Hex3 => IsHex(next) ? Hex4 : -1,
        Hex4 => IsHex(next) ? Body : -1,
        Tail1 => Continues(next, 0x80, 0xBF, Body),
        Tail2 => Continues(next, 0x80, 0xBF, Tail1),
        Tail3 => Continues(next, 0x80, 0xBF, Tail2),
        AfterE0 => Continues(next, 0xA0, 0xBF, Tail1),
        AfterED => Continues(next, 0x80, 0x9F, Tail1),
        AfterF0 => Continues(next, 0x90, 0xBF, Tail2),
        AfterF4 => Continues(next, 0x80, 0x8F, Tail2),
        _ => -1,
    };

    private static int Continues(byte next, byte low, byte high, int to) => next >= low && next <= high ? to : -1;

    private static bool IsHex(byte next) =>
        next is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f') or (>= (byte)'A' and <= (byte)'F');
}
