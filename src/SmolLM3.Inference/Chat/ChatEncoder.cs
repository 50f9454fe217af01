using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Inference.Chat;

/// <summary>Chats as token ids, with the places up to which other chats are the same.</summary>
public static class ChatEncoder
{
    private const string EndOfTurn = "<|im_end|>\n";

    /// <summary>Renders and encodes a chat.</summary>
    /// <param name="tokenizer">The checkpoint's tokenizer.</param>
    /// <param name="turns">The chat.</param>
    /// <param name="options">What the template takes besides.</param>
    /// <param name="sharedContent">
    /// How many characters of the last message other chats begin with too, after the same messages; null where none are known to share
    /// anything.
    /// </param>
    /// <exception cref="ArgumentException">There is no message, or one has a role that the template does not know.</exception>
    public static EncodedChat Encode(
        SmolLM3Tokenizer tokenizer, IReadOnlyList<ChatTurn> turns, ChatPromptOptions options, int? sharedContent = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var prompt = ChatPrompt.Render(turns, options);
        var tokens = tokenizer.Encode(prompt);
        if (sharedContent is not { } shared)
            return new(tokens, []);
        int[] beginnings = [0, Math.Clamp(shared, 0, turns[^1].Content.Length)];
        var breakpoints = beginnings
            .Select(length => tokenizer.CountWithin(tokens, Beginning(prompt, turns, options, length)))
            .Where(count => count > 0)
            .Distinct();
        return new(tokens, [.. breakpoints]);
    }

    /// <summary>The part of a prompt that ends after so many characters of the last message.</summary>
    private static ReadOnlySpan<char> Beginning(string prompt, IReadOnlyList<ChatTurn> turns, ChatPromptOptions options, int length)
    {
        List<ChatTurn> cut = [.. turns];
        cut[^1] = cut[^1] with { Content = cut[^1].Content[..length] };
        ReadOnlySpan<char> rendered = ChatPrompt.Render(cut, options with { AddGenerationPrompt = false });
        if (rendered.EndsWith(EndOfTurn, StringComparison.Ordinal))
            rendered = rendered[..^EndOfTurn.Length];
        return prompt.AsSpan(0, prompt.AsSpan().CommonPrefixLength(rendered));
    }
}
