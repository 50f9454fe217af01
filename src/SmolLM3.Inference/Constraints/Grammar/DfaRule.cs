namespace SmolLM3.Inference.Constraints;

/// <summary>A value without others inside it, as a finite automaton: literals, numbers, strings of a pattern.</summary>
internal sealed class DfaRule(Dfa dfa) : Rule
{
    public Dfa Dfa => dfa;

    public override bool IsShared => true;

    public override int Start => 0;

    public override bool Accepts(int state) => dfa.Accepts(state);

    public override bool Reads(int state) => dfa.Reads(state);

    public override int Step(int state, byte next) => dfa.Step(state, next);

    public override int TokensFrom(int state) => dfa.TokensFrom(state);
}
