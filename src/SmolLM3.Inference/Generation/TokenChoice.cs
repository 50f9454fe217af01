using SmolLM3.Inference.Model;
using SmolLM3.Inference.Sampling;
using SmolLM3.Inference.Scheduling;

namespace SmolLM3.Inference.Generation;

/// <summary>Chooses one sequence's next tokens from a step's logits, by the request's options.</summary>
internal sealed class TokenChoice(GenerationRequest request, Sequence sequence, AnswerConstraint? constraint)
{
    private readonly HashSet<int>? _seen = request.Sampling.RepetitionPenalty == 1 ? null : [.. request.Prompt];

    /// <summary>The token, and its log-probability where the request asks for them.</summary>
    /// <param name="output">The step's logits.</param>
    /// <param name="row">The row after the sequence's last token.</param>
    /// <param name="forced">The token that must come whatever the logits, or null.</param>
    /// <param name="sampler">The engine's sampler.</param>
    public (int Token, TokenLogProbability? LogProbability) Next(StepOutput output, int row, int? forced, TokenSampler sampler)
    {
        var isGreedy = request.Sampling.Temperature == 0 && _seen is null && constraint is not { IsActive: true };
        if (request.LogProbabilities is null && (forced ?? (isGreedy ? output.ArgMax(row) : null)) is { } plain)
            return (Seen(plain), null);

        var logits = output.Row(row);
        if (request.LogProbabilities is not { } alternatives)
            return (Seen(forced ?? Sample(logits, sampler)), null);
        LogProbabilities.Normalize(logits, sampler.Scratch[..logits.Length]);
        var likeliest = LogProbabilities.Likeliest(logits, alternatives);
        var unchanged = logits.ToArray();
        var token = Seen(forced ?? Sample(logits, sampler));
        return (token, new(token, unchanged[token], likeliest));
    }

    private int Sample(Span<float> logits, TokenSampler sampler)
    {
        if (_seen is not null)
            LogitsProcessor.Penalize(logits, _seen, request.Sampling.RepetitionPenalty);
        if (constraint is { IsActive: true })
            constraint.Mask(logits, sequence.MaxLength - sequence.Tokens.Count);
        return sampler.Sample(logits, request.Sampling, sequence.Tokens.Count - sequence.PromptLength);
    }

    private int Seen(int token)
    {
        _seen?.Add(token);
        return token;
    }
}
