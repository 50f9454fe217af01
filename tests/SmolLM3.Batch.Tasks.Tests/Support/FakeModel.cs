using System.Collections.Concurrent;
using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Tasks.Tests.Support;

/// <summary>
/// A model whose tokens are words and marks, whose answers are a function of the request, and which counts what it was asked.
/// </summary>
internal sealed class FakeModel(Func<CompletionRequest, string> answer, int contextLength = 65_536) : ILanguageModel
{
    private readonly ConcurrentQueue<CompletionRequest> _requests = new();
    private long _promptTokens;
    private int _running;
    private int _mostRunning;

    public LanguageModelInfo Info { get; } = new("fake", "1", contextLength);

    public IReadOnlyCollection<CompletionRequest> Requests => _requests;

    public long PromptTokens => _promptTokens;

    /// <summary>Most completions that were under way at the same time.</summary>
    public int MostRunning => _mostRunning;

    public int CountTokens(ReadOnlySpan<char> text)
    {
        // A token is a run of up to four letters or digits, or any other character that is no space.
        int tokens = 0;
        int run = 0;
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c))
            {
                if (run++ % 4 == 0) tokens++;
                continue;
            }

            run = 0;
            if (c != ' ') tokens++;
        }

        return tokens;
    }

    public int CountPromptTokens(IReadOnlyList<ChatMessage> messages, bool thinking = false) =>
        messages.Sum(message => CountTokens(message.Content) + 5) + 3 + (thinking ? 2 : 0);

    public async Task<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default)
    {
        _requests.Enqueue(request);
        int promptTokens = CountPromptTokens(request.Messages, request.Thinking);
        Interlocked.Add(ref _promptTokens, promptTokens);
        if (promptTokens + request.MaxTokens > Info.ContextLength)
            throw new PromptTooLongException(promptTokens, request.MaxTokens, Info.ContextLength);
        InterlockedMax(ref _mostRunning, Interlocked.Increment(ref _running));
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        string text = answer(request);
        foreach (string stop in request.Stop)
        {
            if (text.IndexOf(stop, StringComparison.Ordinal) is var cut and >= 0) text = text[..cut];
        }

        var reason = CountTokens(text) > request.MaxTokens ? FinishReason.Length : FinishReason.Stop;
        if (reason == FinishReason.Length) text = Cut(text, request.MaxTokens);
        Interlocked.Decrement(ref _running);
        return new Completion { Text = text, FinishReason = reason, Usage = new TokenUsage(promptTokens, 0, CountTokens(text)) };
    }

    private string Cut(string text, int tokens)
    {
        int length = text.Length;
        while (length > 0 && CountTokens(text.AsSpan(0, length)) > tokens) length--;
        return text[..length];
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = target) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
