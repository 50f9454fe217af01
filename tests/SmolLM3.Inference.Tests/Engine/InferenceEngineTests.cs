using SmolLM3.Inference.Engine;
using SmolLM3.Inference.Tests.Constraints;
using static SmolLM3.Inference.Tests.Engine.TestEngine;

namespace SmolLM3.Inference.Tests.Engine;

public sealed class InferenceEngineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task GenerateAsync_PromptTooLong_NamesLengthsAndLimit()
    {
        await using var engine = await LoadAsync(Options with { ContextLength = 100 });
        var error = await Assert.ThrowsAsync<ContextLengthExceededException>(() => engine.GenerateAsync(Request(new int[90], 11)));
        Assert.Equal((90, 11, 100L), (error.PromptTokens, error.MaxTokens, error.Limit));
        Assert.Contains("the model's context", error.Message);
        Assert.Equal(10, (await engine.GenerateAsync(Request(new int[90], 10))).TokenIds.Count);
    }

    [Fact]
    public async Task GenerateAsync_MoreThanTheCacheHolds_SaysSoAndTheEngineGoesOn()
    {
        await using var engine = await LoadAsync(Options with { KvCacheBytes = CacheFor(50) });
        var error = await Assert.ThrowsAsync<ContextLengthExceededException>(() => engine.GenerateAsync(Request(new int[40], 11)));
        Assert.Contains("KV cache", error.Message);
        Assert.Equal(10, (await engine.GenerateAsync(Request(new int[40], 10))).TokenIds.Count);
    }

    [Fact]
    public async Task GenerateAsync_Cancelled_LeavesTheBatchAndFreesItsPlace()
    {
        await using var engine = await LoadAsync(Options with { MaxSequences = 1, PrefixSharing = false });
        using var cancellation = new CancellationTokenSource();
        await using var updates = engine.StreamAsync(Request([1, 2, 3], 20_000), cancellation.Token).GetAsyncEnumerator();
        Assert.True(await updates.MoveNextAsync());
        var waiting = engine.GenerateAsync(Request([4], 3));
        cancellation.Cancel();
        Assert.Equal(3, (await waiting.WaitAsync(Patience)).TokenIds.Count);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await updates.MoveNextAsync())
            {
            }
        });
        Assert.Equal((0, 0), (engine.Statistics.Running, engine.Statistics.Waiting));
    }

    [Fact]
    public async Task StreamAsync_CallerStopsEnumerating_CompletionIsCancelled()
    {
        await using var engine = await LoadAsync(Options with { MaxSequences = 1 });
        await foreach (var update in engine.StreamAsync(Request([1, 2, 3], 20_000)))
        {
            Assert.NotEmpty(update.TokenIds);
            break;
        }
        Assert.Equal(2, (await engine.GenerateAsync(Request([4], 2)).WaitAsync(Patience)).TokenIds.Count);
    }

    [Fact]
    public async Task StreamAsync_Updates_AddUpToTheResult()
    {
        await using var engine = await TextEngine.LoadAsync();
        var request =
            new GenerationRequest { Prompt = [5, 6, 7], MaxTokens = 40, StopIds = [], Sampling = new() { Temperature = 1, Seed = 5 } };
        var updates = new List<GenerationUpdate>();
        await foreach (var update in engine.StreamAsync(request))
            updates.Add(update);
        var result = updates[^1].Result!;
        Assert.Equal(result.TokenIds, updates.SelectMany(update => update.TokenIds));
        Assert.Equal(result.Text, string.Concat(updates.Select(update => update.Text)));
        Assert.All(updates.SkipLast(1), update => Assert.Null(update.Result));
        Assert.Equal(engine.Tokenizer.Decode(result.TokenIds, skipSpecialTokens: true), result.Text);
        Assert.Equal(result.TokenIds, (await engine.GenerateAsync(request)).TokenIds);
    }

    [Fact]
    public async Task GenerateAsync_StopIds_EndTheCompletionAndAreNotPartOfIt()
    {
        await using var engine = await LoadAsync();
        var whole = (await engine.GenerateAsync(Request([1, 2], 20))).TokenIds;
        var stop = whole[4];
        var cut = await engine.GenerateAsync(Request([1, 2], 20) with { StopIds = [stop] });
        Assert.Equal(whole.TakeWhile(token => token != stop), cut.TokenIds);
        Assert.Equal(FinishReason.Stop, cut.FinishReason);
    }

    [Fact]
    public async Task GenerateAsync_StopString_EndsTheTextBeforeIt()
    {
        await using var engine = await TextEngine.LoadAsync();
        var request =
            new GenerationRequest { Prompt = [5, 6, 7], MaxTokens = 40, StopIds = [], Sampling = new() { Temperature = 1, Seed = 5 } };
        var whole = (await engine.GenerateAsync(request)).Text;
        var stop = whole.Substring(whole.Length / 2, 3);
        var cut = await engine.GenerateAsync(request with { Stop = ["never to be seen", stop] });
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], cut.Text);
        Assert.Equal(FinishReason.Stop, cut.FinishReason);
    }

    [Fact]
    public async Task GenerateAsync_ThinkingBudget_ClosesTheTraceAndGoesOn()
    {
        await using var engine = await TextEngine.LoadAsync();
        Assert.True(engine.Tokenizer.TryGetId("<think>", out var open));
        Assert.True(engine.Tokenizer.TryGetId("</think>", out var close));
        var result = await engine.GenerateAsync(new()
        {
            Prompt = [5, 6, 7], MaxTokens = 30, StopIds = [], Thinking = true, ThinkingBudget = 8,
            Sampling = new() { Temperature = 0.5, Seed = 2 },
        });
        Assert.Equal(open, result.TokenIds[0]);
        Assert.Equal(close, result.TokenIds[9]);
        Assert.Equal(30, result.TokenIds.Count);
        Assert.Equal(engine.Tokenizer.Decode(result.TokenIds.Skip(1).Take(8), skipSpecialTokens: true), result.Thinking);
        Assert.Equal(engine.Tokenizer.Decode(result.TokenIds.Skip(10), skipSpecialTokens: true), result.Text);
    }

    [Fact]
    public async Task GenerateAsync_LogProbabilities_DescribeTheChoice()
    {
        await using var engine = await LoadAsync();
        var result = await engine.GenerateAsync(Request([1, 2, 3], 10) with { LogProbabilities = 5 });
        Assert.Equal(result.TokenIds, result.LogProbabilities!.Select(entry => entry.TokenId));
        Assert.All(result.LogProbabilities!, entry =>
        {
            Assert.Equal((entry.TokenId, entry.LogProbability), entry.Alternatives[0]);
            Assert.Equal(entry.Alternatives.OrderByDescending(a => a.LogProbability), entry.Alternatives);
            Assert.InRange(entry.Alternatives.Sum(a => Math.Exp(a.LogProbability)), 0, 1.0001);
        });
        var everything = await engine.GenerateAsync(Request([1, 2, 3], 1) with { LogProbabilities = 100 });
        Assert.InRange(everything.LogProbabilities![0].Alternatives.Sum(a => Math.Exp(a.LogProbability)), 0.8, 1.0001);
    }

    /// <summary>However short the sequences: a quarter more than the tokens held, and the one that each rounds up to.</summary>
    [Fact]
    public async Task KvCache_ShortSequences_TakesAQuarterMoreThanItsTokens()
    {
        await using var engine = await LoadAsync(Options with { PrefixSharing = false, SpeculativeTokens = 0 });
        var observer = new MemoryObserver();
        engine.Observe(observer);
        await TogetherAsync(engine, Enumerable.Range(0, 8).Select(i => Request(Tokens(new Random(i), 5 + 3 * i), 120)));
        Assert.True(observer.Steps.Count > 100);
        Assert.All(observer.Steps, step => Assert.True(
            step.KvTokensAllocated <= 1.25 * step.KvTokensHeld + step.Running,
            $"{step.KvTokensAllocated} allocated for {step.KvTokensHeld}"));
    }

    private sealed class MemoryObserver : IStepObserver
    {
        public List<EngineStatistics> Steps { get; } = [];

        public void AfterStep(EngineStatistics statistics) => Steps.Add(statistics);
    }

    private sealed class FailingObserver(Func<int, bool> fails) : IStepObserver
    {
        private int _steps;

        public void AfterStep(EngineStatistics statistics)
        {
            if (fails(_steps++))
                throw new TimeoutException("the device does not answer");
        }
    }

    [Fact]
    public async Task Steps_FailingOneAfterAnother_BreakTheEngine()
    {
        await using var engine = await LoadAsync();
        engine.Observe(new FailingObserver(_ => true));
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<TimeoutException>(() => engine.GenerateAsync(Request([1], 20)).WaitAsync(Patience));

        Assert.IsType<TimeoutException>(await engine.Broken.WaitAsync(Patience));
        var refused = await Assert.ThrowsAsync<EngineBrokenException>(() => engine.GenerateAsync(Request([1], 20)).WaitAsync(Patience));
        Assert.Contains("does not answer", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Steps_FailingNowAndThen_CostTheirCompletionsOnly()
    {
        await using var engine = await LoadAsync();
        engine.Observe(new FailingObserver(step => step % 3 != 2));
        for (var i = 0; i < 6; i++)
            await Assert.ThrowsAsync<TimeoutException>(() => engine.GenerateAsync(Request([1], 20)).WaitAsync(Patience));

        Assert.False(engine.Broken.IsCompleted);
    }

    [Fact]
    public async Task DisposeAsync_CompletionUnderWay_FailsIt()
    {
        var engine = await LoadAsync();
        var running = engine.GenerateAsync(Request([1], 20_000));
        await engine.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => running.WaitAsync(Patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.GenerateAsync(Request([1], 1)));
    }

    [Theory]
    [InlineData(new int[0], 1, "empty")]
    [InlineData(new[] { 160 }, 1, "token 160")]
    [InlineData(new[] { -1 }, 1, "token -1")]
    [InlineData(new[] { 1 }, 0, "MaxTokens")]
    public async Task GenerateAsync_InvalidRequest_SaysWhy(int[] prompt, int maxTokens, string problem)
    {
        await using var engine = await LoadAsync();
        Assert.Contains(
            problem, (await Assert.ThrowsAnyAsync<ArgumentException>(() => engine.GenerateAsync(Request(prompt, maxTokens)))).Message);
    }

    [Fact]
    public async Task Tokenizer_CheckpointHasNone_SaysSo()
    {
        await using var engine = await LoadAsync();
        Assert.False(engine.HasTokenizer);
        Assert.Contains("tokenizer.json", Assert.Throws<InvalidOperationException>(() => engine.Tokenizer).Message);
        Assert.Contains(
            "tokenizer",
            (await Assert.ThrowsAsync<ArgumentException>(() => engine.GenerateAsync(Request([1], 1) with { Stop = ["x"] }))).Message);
    }
}
