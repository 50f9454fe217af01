using System.Globalization;
using System.Numerics;

namespace SmolLM3.Inference.Constraints;

/// <summary>
/// Numbers between two bounds, as decimals without an exponent. Together the digits before and after the point are no more than a double
/// keeps apart, so that whoever reads them finds the bounds kept.
/// </summary>
internal sealed class NumberRange
{
    private const int MostDigits = 15;
    private const int MostDecimals = 6;

    private readonly int _decimals;
    private readonly BigInteger _low;
    private readonly BigInteger _high;

    /// <param name="integer">Whether there is no fraction.</param>
    /// <param name="low">The lower bound, and whether it is itself left out.</param>
    /// <param name="high">The upper bound, likewise.</param>
    public NumberRange(bool integer, (decimal Bound, bool Exclusive)? low, (decimal Bound, bool Exclusive)? high)
    {
        int widest = Math.Max(low is { } l ? Digits(l.Bound) : 0, high is { } h ? Digits(h.Bound) : 0);
        int before = integer ? MostDigits : Math.Clamp(widest, MostDigits - MostDecimals, MostDigits);
        _decimals = integer ? 0 : MostDigits - before;
        BigInteger unit = BigInteger.Pow(10, _decimals);
        BigInteger farthest = BigInteger.Pow(10, before + _decimals) - 1;
        _low = BigInteger.Max(low is { } from ? Scale(from.Bound, up: true, from.Exclusive, unit) : -farthest, -farthest);
        _high = BigInteger.Min(high is { } to ? Scale(to.Bound, up: false, to.Exclusive, unit) : farthest, farthest);
    }

    /// <summary>The automaton; null if there is no such number.</summary>
    public Dfa? Compile()
    {
        if (_low > _high)
            return null;
        var nfa = new Nfa();
        if (_low < 0)
        {
            int minus = nfa.AddState();
            nfa.Add(Nfa.Start, (byte)'-', (byte)'-', minus);
            AddMagnitudes(nfa, minus, BigInteger.Max(1, -_high), -_low);
        }

        if (_high >= 0)
            AddMagnitudes(nfa, Nfa.Start, BigInteger.Max(0, _low), _high);
        return Dfa.From(nfa);
    }

    private static int Digits(decimal bound) => decimal.Truncate(Math.Abs(bound)).ToString(CultureInfo.InvariantCulture).Length;

    // In units of the last decimal, rounded into the range.
    private static BigInteger Scale(decimal bound, bool up, bool exclusive, BigInteger unit)
    {
        int[] parts = decimal.GetBits(bound);
        BigInteger numerator = new BigInteger(new decimal(
            parts[0], parts[1], parts[2], isNegative: false, scale: 0)) * (bound < 0 ? -1 : 1) * unit;
        BigInteger denominator = BigInteger.Pow(10, parts[3] >> 16 & 0xFF);
        BigInteger floor = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        if (rest < 0)
            floor--;
        if (rest == 0)
            return floor + (exclusive ? (up ? 1 : -1) : 0);
        return up ? floor + 1 : floor;
    }

    private void AddMagnitudes(Nfa nfa, int from, BigInteger low, BigInteger high)
    {
        for (int before = 1; before <= MostDigits; before++)
        {
            BigInteger least = BigInteger.Max(low, before == 1 ? 0 : BigInteger.Pow(10, before - 1 + _decimals));
            BigInteger greatest = BigInteger.Min(high, BigInteger.Pow(10, before + _decimals) - 1);
            if (least <= greatest)
                AddOfLength(nfa, from, Pad(least, before + _decimals), Pad(greatest, before + _decimals), before);
        }
    }

    private static string Pad(BigInteger value, int digits) => value.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');

    // Digit by digit between two numbers of as many digits, as long as what is written equals the beginning of a bound.
    private static void AddOfLength(Nfa nfa, int from, string low, string high, int before)
    {
        var states = new Dictionary<(int At, bool OnLow, bool OnHigh, bool Point), int>();
        State(0, true, true, false, from);

        int State(int at, bool onLow, bool onHigh, bool point, int known = -1)
        {
            if (states.TryGetValue((at, onLow, onHigh, point), out int state))
                return state;
            state = states[(at, onLow, onHigh, point)] = known >= 0 ? known : nfa.AddState();
            bool whole = at >= before && !(point && at == before);
            if (whole && (!onLow || low.AsSpan(at).IndexOfAnyExcept('0') < 0))
                nfa.AddEmpty(state, Nfa.Accept);
            if (at == before && !point && at < low.Length)
                nfa.Add(state, (byte)'.', (byte)'.', State(at, onLow, onHigh, true));
            if (at == low.Length || (at == before && !point))
                return state;
            for (char digit = onLow ? low[at] : '0'; digit <= (onHigh ? high[at] : '9'); digit++)
                nfa.Add(state, (byte)digit, (byte)digit, State(at + 1, onLow && digit == low[at], onHigh && digit == high[at], point));
            return state;
        }
    }
}
