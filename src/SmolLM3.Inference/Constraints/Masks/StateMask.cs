using System.Collections.Frozen;

namespace SmolLM3.Inference.Constraints;

/// <summary>
/// The tokens that may come in one state of one rule, whatever is around its value: those that stay inside it, as a mask; and those that
/// end it and go on, by what they go on with, to be tried on what is around it.
/// </summary>
internal abstract class StateMask
{
    private const int MostTightMasks = 32;

    private readonly Dictionary<int, ulong[]> _tight = [];

    /// <summary>What tokens go on with after the value's end.</summary>
    public abstract TokenTrie Beyond { get; }

    /// <summary>Between keys: the tokens that write a whole made-up one, by that.</summary>
    public virtual IReadOnlyDictionary<string, HashSet<int>> TokensByKey => FrozenDictionary<string, HashSet<int>>.Empty;

    /// <summary>Inside a made-up key: the tokens that end it and write another whole one.</summary>
    public virtual int[] SecondKeyTokens => [];

    /// <summary>The mask without regard to length.</summary>
    protected abstract ulong[] Whole { get; }

    /// <summary>By how much any token lengthens the ending, at most.</summary>
    protected abstract int MostGrowth { get; }

    /// <summary>The tokens that stay inside the value and lengthen its ending by at most so many tokens.</summary>
    public ReadOnlySpan<ulong> Inside(int growth)
    {
        if (growth >= MostGrowth)
            return Whole;
        lock (_tight)
        {
            if (_tight.TryGetValue(growth, out ulong[]? mask))
                return mask;
            mask = Fill(growth);
            if (_tight.Count < MostTightMasks)
                _tight[growth] = mask;
            return mask;
        }
    }

    /// <summary>Whether a limit leaves out any token, or would if it were one token less.</summary>
    public bool IsTight(int growth) => growth <= MostGrowth;

    /// <summary>Works out the mask of a limit.</summary>
    protected abstract ulong[] Fill(int growth);
}
