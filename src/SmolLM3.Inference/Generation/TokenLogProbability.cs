namespace SmolLM3.Inference;

/// <summary>Natural logarithm of a token's probability under the model, before any sampling option.</summary>
/// <param name="TokenId">The token.</param>
/// <param name="LogProbability">Its log-probability.</param>
/// <param name="Alternatives">The likeliest tokens at this place, likeliest first.</param>
public sealed record TokenLogProbability(
    int TokenId, float LogProbability, IReadOnlyList<(int TokenId, float LogProbability)> Alternatives);
