using SmolLM3.Inference.Constraints;
using SmolLM3.Inference.Sampling;

namespace SmolLM3.Inference.Generation;

/// <summary>
/// Holds an answer to a JSON Schema: hides the tokens that would break it, and sees to it that the value is whole when the tokens run out.
/// </summary>
internal sealed class AnswerConstraint(JsonConstraint constraint, int maskWords)
{
    private readonly ConstraintState _state = constraint.Start();
    private readonly ulong[] _mask = new ulong[maskWords];

    /// <summary>Tokens that the shortest value may take.</summary>
    public int MinTokens => constraint.MinTokens;

    /// <summary>False while the completion is still thinking.</summary>
    public bool IsActive { get; set; } = true;

    public bool IsComplete => _state.IsComplete;

    /// <param name="logits">Changed to -∞ where a token is not allowed.</param>
    /// <param name="left">Tokens that may still be generated.</param>
    public void Mask(Span<float> logits, int left)
    {
        _state.FillMask(_mask, left);
        LogitsProcessor.Mask(logits, _mask);
    }

    public void Accept(int token) => _state.Accept(token);
}
