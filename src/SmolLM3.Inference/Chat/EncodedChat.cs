namespace SmolLM3.Inference.Chat;

/// <summary>A chat as a prompt.</summary>
/// <param name="Tokens">The prompt's token ids.</param>
/// <param name="CacheBreakpoints">For <see cref="GenerationRequest.CacheBreakpoints"/>.</param>
public sealed record EncodedChat(int[] Tokens, IReadOnlyList<int> CacheBreakpoints);
