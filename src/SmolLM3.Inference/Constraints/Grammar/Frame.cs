namespace SmolLM3.Inference.Constraints;

/// <summary>A place in a value that is being written, and in the values around it: an immutable stack.</summary>
internal sealed class Frame
{
    /// <summary>The whole value is written.</summary>
    public static readonly Frame End = new();

    /// <summary>Stands below a single frame when its masks are worked out: whatever is around it.</summary>
    public static readonly Frame Outside = new();

    private Frame()
    {
        Rule = null!;
    }

    public Frame(Rule rule, int state, Frame parent, int room, KeyMemory? keys = null)
    {
        Rule = rule;
        State = state;
        Parent = parent;
        Room = room;
        Keys = keys;
        Tokens = Math.Min(rule.TokensFrom(state) + (keys is { IsTaken: true } ? 1 : 0) + parent.Tokens, Rule.Unreachable);
    }

    public Rule Rule { get; }

    public int State { get; }

    public Frame? Parent { get; }

    /// <summary>How many levels of nesting may still be opened.</summary>
    public int Room { get; }

    /// <summary>The keys that an object has made up so far, and the one it is at.</summary>
    public KeyMemory? Keys { get; }

    /// <summary>A number of tokens that surely end this value and all around it.</summary>
    public int Tokens { get; }

    /// <summary>
    /// The bytes that it can read one after the other and stay as it is, but for its key; null where there are none to speak of.
    /// </summary>
    public bool[]? Loop => Rule?.LoopOf(State);

    /// <summary>The frame after bytes of its loop.</summary>
    public Frame After(ReadOnlySpan<byte> looped) => Rule is not ObjectRule || looped.IsEmpty
        ? this
        : new Frame(Rule, State, Parent!, Room, (Keys ?? KeyMemory.Empty).Append(looped));

    /// <summary>The frames that can read a byte, or have ended, once a frame's calls are made and its ended values left.</summary>
    public static void Open(Frame frame, List<Frame> into)
    {
        if (frame.Rule is not { } rule)
        {
            if (!into.Contains(frame))
                into.Add(frame);
            return;
        }

        if (rule.Accepts(frame.State))
            Open(frame.Parent!, into);
        if (rule.Call(frame.State, out int then) is { } value)
        {
            var caller = new Frame(rule, then, frame.Parent!, frame.Room, frame.Keys);
            foreach (Rule called in value.Rules)
            {
                if (called.Depth <= frame.Room && called.TokensFrom(called.Start) < Rule.Unreachable)
                    Open(new Frame(called, called.Start, caller, frame.Room - (called.Nests ? 1 : 0)), into);
            }
        }

        if (rule.Reads(frame.State) && !Holds(into, frame))
            into.Add(frame);
    }

    /// <summary>The frames after a byte.</summary>
    public void Step(byte next, List<Frame> into)
    {
        if (Rule is null)
            return;
        int state = Rule.Step(State, next);
        if (state < 0)
            return;
        KeyMemory? keys = Keys;
        if (Rule is ObjectRule owner && !owner.TryRemember(State, state, next, ref keys))
            return;
        if (state == State && ReferenceEquals(keys, Keys))
        {
            if (!Holds(into, this))
                into.Add(this);
            return;
        }

        if (Rule.DepthFrom(state) <= Room && Rule.TokensFrom(state) < Rule.Unreachable)
            Open(new Frame(Rule, state, Parent!, Room, keys), into);
    }

    private static bool Holds(List<Frame> frames, Frame frame)
    {
        foreach (Frame other in frames)
        {
            if (other.State == frame.State && other.Rule == frame.Rule && ReferenceEquals(other.Parent, frame.Parent)
                && ReferenceEquals(other.Keys, frame.Keys))
                return true;
        }

        return false;
    }
}
