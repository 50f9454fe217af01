namespace SmolLM3.Inference.Constraints;

/// <summary>A value that may be of several kinds. References make the graph of these cyclic, so it is filled in after it is made.</summary>
internal sealed class Alternatives
{
    private readonly List<Rule> _own = [];
    private readonly List<Alternatives> _included = [];

    /// <summary>The kinds; known once <see cref="Resolve"/> has run.</summary>
    public Rule[] Rules { get; private set; } = [];

    /// <summary>A number of tokens that surely make a value.</summary>
    public int Tokens { get; private set; } = Rule.Unreachable;

    /// <summary>How many levels of nesting that shortest value has.</summary>
    public int Depth { get; private set; }

    public void Add(Rule rule) => _own.Add(rule);

    public void Add(Alternatives other) => _included.Add(other);

    /// <summary>Collects the kinds, through alternatives of alternatives.</summary>
    public void Resolve()
    {
        var rules = new List<Rule>();
        var seen = new HashSet<Alternatives>();
        Collect(this);
        Rules = [.. rules];

        void Collect(Alternatives from)
        {
            if (!seen.Add(from))
                return;
            rules.AddRange(from._own);
            from._included.ForEach(Collect);
        }
    }

    /// <summary>Takes the shortest of the kinds; true if it became shorter.</summary>
    public bool Relax()
    {
        bool shorter = false;
        foreach (Rule rule in Rules)
        {
            int tokens = rule.TokensFrom(rule.Start);
            if (tokens >= Tokens)
                continue;
            (Tokens, Depth, shorter) = (tokens, rule.Depth, true);
        }

        return shorter;
    }
}
