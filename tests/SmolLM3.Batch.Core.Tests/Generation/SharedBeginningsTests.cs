using FsCheck;
using FsCheck.Fluent;
using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Core.Tests.Generation;

public sealed class SharedBeginningsTests
{
    private static readonly string Lease = string.Concat(Enumerable.Range(0, 200).Select(i => $"[{i}] The tenant pays rent. "));
    private static readonly string Report = string.Concat(Enumerable.Range(0, 90).Select(i => $"[{i}] Sales grew. "));

    [Fact]
    public void Mark_QuestionsAboutTwoDocuments_ShareEachDocument()
    {
        var marked = Mark(
            "rules", Lease + "\nWho pays?", Report + "\nBy how much?", Lease + "\nWhat is paid?", "Hello", Report + "\nWhen?",
            Lease + "\nWhere?");

        Assert.Equal([Lease.Length, Report.Length, Lease.Length, 0, Report.Length, Lease.Length], marked);
    }

    [Fact]
    public void Mark_CommonWordsOfSomeQuestions_DoNotShortenOrSplitTheDocument()
    {
        var marked = Mark("", Lease + "\nWhat is the rent?", Lease + "\nWhat is the rate?", Lease + "\nWho pays?");

        Assert.Equal([Lease.Length, Lease.Length, Lease.Length], marked);
    }

    [Fact]
    public void Mark_OtherMessagesBefore_ShareNothing()
    {
        var requests = SharedBeginnings.Mark(
            [Ask("You are terse.", Lease), Ask("You are kind.", Lease), Ask("You are terse.", Lease) with { Thinking = true }]);

        Assert.All(requests, request => Assert.Null(request.SharedContent));
    }

    [Fact]
    public void Mark_TextWithoutSpaces_IsNotCutInsideASurrogatePair()
    {
        var text = string.Concat(Enumerable.Repeat("\U00020000", 100));

        Assert.Equal([200, 200], Mark("", text + "\U00020001", text + "\U00020002"));
    }

    /// <summary>Whatever is marked is really there in another request, and no order of arrival changes it.</summary>
    [Fact]
    public void Mark_AnyRequests_MarksOnlyWhatAnotherBeginsWith() => Prop.ForAll(
        Gen.Elements("", "a", "ab", "ab c", "ab c d", "ab c e", "x y", "x z").SelectMany(start => Gen.Elements("", " tail", " other", "\nq").Select(end => start + end)).ListOf().ToArbitrary(),
        texts =>
        {
            var marked = Mark("s", [.. texts]);
            var reversed = Mark("s", [.. Enumerable.Reverse(texts)]);
            return marked.SequenceEqual(reversed.Reverse()) && texts.Index().All(text => marked[text.Index] is { } shared
                ? texts.Index().Any(other => other.Index != text.Index && other.Item.AsSpan().StartsWith(text.Item.AsSpan(0, shared)))
                : texts.Count == 1);
        }).QuickCheckThrowOnFailure();

    private static int?[] Mark(string system, params string[] contents) =>
        [.. SharedBeginnings.Mark([.. contents.Select(content => Ask(system, content))]).Select(request => request.SharedContent)];

    private static CompletionRequest Ask(string system, string content) =>
        new() { Messages = [ChatMessage.System(system), ChatMessage.User(content)], MaxTokens = 1 };
}
