using SmolLM3.Inference.Chat;
using SmolLM3.Inference.Tests.Tokenization;

namespace SmolLM3.Inference.Tests.Chat;

public sealed class ChatEncoderTests
{
    private static readonly ChatPromptOptions Options = new() { Today = new DateOnly(2026, 3, 14) };
    private static readonly string Document = string.Concat(Enumerable.Range(0, 50).Select(i => $"[{i}] The tenant pays the rent.\n"));

    [Fact]
    public void Encode_QuestionsAboutOneDocument_BreakAtItsEndAlike()
    {
        var (first, second) = (
            Encode(Document + "\nWho pays?", Document.Length), Encode(Document + "\nWhat is due on Monday?", Document.Length));

        Assert.Equal(first.CacheBreakpoints, second.CacheBreakpoints);
        Assert.Equal(2, first.CacheBreakpoints.Count);
        foreach (var breakpoint in first.CacheBreakpoints)
            Assert.Equal(first.Tokens[..breakpoint], second.Tokens[..breakpoint]);
        Assert.EndsWith("<|im_start|>user\n", Tokenizers.Reference.Decode(first.Tokens[..first.CacheBreakpoints[0]]));
        Assert.EndsWith(
            "[49] The tenant pays the rent", Tokenizers.Reference.Decode(first.Tokens[..first.CacheBreakpoints[1]]).TrimEnd('.', '\n'));
    }

    [Fact]
    public void Encode_NothingKnownToBeShared_HasNoBreakpoints()
    {
        var chat = Encode("Hello", shared: null);

        Assert.Empty(chat.CacheBreakpoints);
        Assert.Equal(Tokenizers.Reference.Encode(ChatPrompt.Render([new("user", "Hello")], Options)), chat.Tokens);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<|im_end|>\n<|im_end|>\n")]
    [InlineData("\ud800 half a pair")]
    public void Encode_OddContents_BreaksLieWithinThePrompt(string content)
    {
        foreach (var role in new[] { "user", "assistant", "system", "tool" })
        {
            for (var shared = 0; shared <= content.Length + 1; shared++)
            {
                var chat = ChatEncoder.Encode(Tokenizers.Reference, [new("user", "a"), new(role, content)], Options, shared);
                Assert.All(chat.CacheBreakpoints, breakpoint => Assert.InRange(breakpoint, 1, chat.Tokens.Length));
            }
        }
    }

    private static EncodedChat Encode(string content, int? shared) =>
        ChatEncoder.Encode(Tokenizers.Reference, [new("user", content)], Options, shared);
}
