namespace SmolLM3.Batch.Generation;

/// <summary>
/// A chat model as the tasks see it. Callers submit as many completions at once as they have: the implementation batches them
/// continuously and computes a token prefix that several of them share once.
/// </summary>
public interface ILanguageModel
{
    /// <summary>What the model is, for planning and for manifests.</summary>
    LanguageModelInfo Info { get; }

    /// <summary>Number of tokens of <paramref name="text"/> as plain text, without special tokens.</summary>
    int CountTokens(ReadOnlySpan<char> text);

    /// <summary>Number of tokens of the whole rendered chat prompt of <paramref name="messages"/>, generation prompt included.</summary>
    int CountPromptTokens(IReadOnlyList<ChatMessage> messages, bool thinking = false);

    /// <summary>Runs one completion to its end.</summary>
    /// <exception cref="PromptTooLongException">Prompt and <see cref="CompletionRequest.MaxTokens"/> together exceed the
    /// context.</exception>
    Task<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default);
}
