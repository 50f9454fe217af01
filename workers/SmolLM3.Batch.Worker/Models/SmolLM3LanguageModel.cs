using SmolLM3.Batch.Generation;
using SmolLM3.Inference;
using SmolLM3.Inference.Chat;
using SmolLM3.Inference.Constraints;

namespace SmolLM3.Batch.Worker;

/// <summary>The engine as the tasks see it: chats in, answers out.</summary>
/// <param name="engine">The engine.</param>
/// <param name="info">What manifests call the model.</param>
/// <param name="today">The date that prompts give as today's.</param>
internal sealed class SmolLM3LanguageModel(InferenceEngine engine, LanguageModelInfo info, DateOnly today) : ILanguageModel
{
    private readonly SpecialTokenGuard _guard = new(engine.Tokenizer);

    public LanguageModelInfo Info => info;

    public int CountTokens(ReadOnlySpan<char> text) => engine.Tokenizer.Encode(text, specialTokens: false).Length;

    public int CountPromptTokens(IReadOnlyList<ChatMessage> messages, bool thinking = false) => Encode(messages, thinking).Tokens.Length;

    public async Task<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default)
    {
        var prompt = Encode(request.Messages, request.Thinking, request.SharedContent);
        if ((long)prompt.Tokens.Length + request.MaxTokens > engine.ContextLength)
            throw new PromptTooLongException(prompt.Tokens.Length, request.MaxTokens, engine.ContextLength);
        var result = await GenerateAsync(request, prompt, cancellationToken).ConfigureAwait(false);
        return new Completion
        {
            Text = result.Text,
            Thinking = result.Thinking,
            FinishReason = result.FinishReason == Inference.FinishReason.Stop
                ? Generation.FinishReason.Stop
                : Generation.FinishReason.Length,
            Usage = new TokenUsage(result.PromptTokens, result.CachedTokens, result.TokenIds.Count)
            {
                ReasoningTokens = result.Thinking is { } thinking ? CountTokens(thinking) : 0,
            },
        };
    }

    private async Task<GenerationResult> GenerateAsync(CompletionRequest request, EncodedChat prompt, CancellationToken cancellationToken)
    {
        try
        {
            return await engine.GenerateAsync(
                new GenerationRequest
                {
                    Prompt = prompt.Tokens,
                    CacheBreakpoints = prompt.CacheBreakpoints,
                    MaxTokens = request.MaxTokens,
                    Sampling = new SamplingOptions
                    {
                        Temperature = request.Temperature,
                        TopP = request.TopP,
                        TopK = request.TopK,
                        MinP = request.MinP,
                        RepetitionPenalty = request.RepetitionPenalty,
                        Seed = request.Seed,
                    },
                    JsonSchema = request.JsonSchema,
                    Stop = request.Stop,
                    Thinking = request.Thinking,
                    ThinkingBudget = request.Thinking ? request.ThinkingBudget : null,
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (JsonSchemaException exception)
        {
            // The request's own fault, as whoever runs it tells by the type.
            throw new ArgumentException(exception.Message, exception);
        }
        catch (ContextLengthExceededException exception)
        {
            throw new PromptTooLongException(exception.PromptTokens, exception.MaxTokens, (int)Math.Min(exception.Limit, int.MaxValue));
        }
    }

    private EncodedChat Encode(IReadOnlyList<ChatMessage> messages, bool thinking, int? sharedContent = null)
    {
        var turns = messages.Select(message => new ChatTurn(message.Role, _guard.Defuse(message.Content))).ToList();
        var shared = sharedContent is { } length ? _guard.Defuse(messages[^1].Content[..length]).Length : (int?)null;
        return ChatEncoder.Encode(engine.Tokenizer, turns, new ChatPromptOptions { Thinking = thinking, Today = today }, shared);
    }
}
