namespace SmolLM3.Inference.Constraints;

/// <summary>
/// A kind of JSON value as an automaton over its bytes. In some states it does not read a byte but calls for a value: then the rules of
/// that value run, and it goes on in another state.
/// </summary>
internal abstract class Rule
{
    /// <summary>More tokens than any value takes: what is not reachable.</summary>
    public const int Unreachable = int.MaxValue / 4;

    /// <summary>The state before the first byte.</summary>
    public abstract int Start { get; }

    /// <summary>Whether its value is an object or an array: one level of nesting.</summary>
    public virtual bool Nests => false;

    /// <summary>Whether the same object stands for the same value in all schemas.</summary>
    public virtual bool IsShared => false;

    /// <summary>How many levels of nesting the shortest value has.</summary>
    public int Depth => DepthFrom(Start) + (Nests ? 1 : 0);

    /// <summary>Whether the value may end here.</summary>
    public abstract bool Accepts(int state);

    /// <summary>Whether a byte is read here.</summary>
    public abstract bool Reads(int state);

    /// <summary>The state after a byte, or -1.</summary>
    public abstract int Step(int state, byte next);

    /// <summary>The value that is called for here, and the state after it; null where none is.</summary>
    public virtual Alternatives? Call(int state, out int then)
    {
        then = 0;
        return null;
    }

    /// <summary>
    /// A number of tokens that surely end the value, those of called values included: where it is not 0, there is a token after which it is
    /// less. Short of the fewest only in that a token is not counted on to reach from one value into another.
    /// </summary>
    public abstract int TokensFrom(int state);

    /// <summary>How many levels of nesting those tokens go down.</summary>
    public virtual int DepthFrom(int state) => 0;

    /// <summary>Takes in what is known of called values; true if that shortened anything.</summary>
    public virtual bool Relax() => false;

    /// <summary>The bytes, by number, after which the state is the same and nothing has ended; null where that is no matter.</summary>
    public virtual bool[]? LoopOf(int state) => null;

    /// <summary>A rule and state with the same future, for which masks are kept: equal ones are the same object and number.</summary>
    public virtual (Rule Rule, int State) Canonical(int state, StringRules strings) => (this, state);
}
