using TorchSharp;

namespace SmolLM3.Inference.Tests.Model;

public sealed class ReferenceTests
{
    public static TheoryData<string> Checkpoints => ["tiny", "tiny-yarn", "tiny-untied-sharded", "long-yarn"];

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public async Task Forward_ReferencePrompt_LogitsAgreeToOneInTenThousand(string name)
    {
        using var source = ReferenceCheckpoint.Open(name);
        var (model, checkpoint, _) = await ReferenceCheckpoint.LoadModelAsync(source);
        using var disposal = model;
        foreach (var example in ReferenceCheckpoint.Cases(name))
        {
            using var session = new ModelSession(model, checkpoint.Config, example.InputIds.Length);
            var logits = session.Feed(example.InputIds)[0];
            Assert.True(RelativeError(logits, example.LastLogits) < 1e-4);
        }
    }

    [Fact]
    public async Task Forward_ReferencePrompt_ArgmaxAgreesAtEveryPosition()
    {
        using var source = ReferenceCheckpoint.Open("tiny");
        var (model, checkpoint, _) = await ReferenceCheckpoint.LoadModelAsync(source);
        using var disposal = model;
        foreach (var example in ReferenceCheckpoint.Cases("tiny"))
        {
            using var session = new ModelSession(model, checkpoint.Config, example.InputIds.Length);
            var logits = session.Feed(example.InputIds, logits: example.InputIds.Length);
            Assert.Equal(example.AllArgmax!, logits.Select(row => Array.IndexOf(row, row.Max())));
        }
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public async Task GenerateAsync_ReferencePrompts_GreedyTokensEqual(string name)
    {
        using var source = ReferenceCheckpoint.Open(name);
        await using var engine = await InferenceEngine.LoadAsync(source, new() { Device = "cpu", KvCacheBytes = 64 << 20 });
        var cases = ReferenceCheckpoint.Cases(name);
        var results = await Task.WhenAll(cases.Select(example => engine.GenerateAsync(new()
        {
            Prompt = example.InputIds,
            MaxTokens = example.Greedy.Length,
            StopIds = [],
        })));
        Assert.All(cases.Zip(results), pair => Assert.Equal(pair.First.Greedy, pair.Second.TokenIds));
    }

    [Fact]
    public async Task Forward_NoPeMaskReversed_LogitsDisagree()
    {
        using var source = ReferenceCheckpoint.Open("tiny");
        var (model, checkpoint, _) = await ReferenceCheckpoint.LoadModelAsync(
            source, change: config => config with { RopeLayers = [.. config.RopeLayers.Select(rope => !rope)] });
        using var disposal = model;
        var example = ReferenceCheckpoint.Cases("tiny")[2];
        using var session = new ModelSession(model, checkpoint.Config, example.InputIds.Length);
        Assert.True(RelativeError(session.Feed(example.InputIds)[0], example.LastLogits) > 0.1);
    }

    [Fact]
    public async Task Forward_BFloat16_LogitsStayNearTheReference()
    {
        using var source = ReferenceCheckpoint.Open("tiny");
        var (model, checkpoint, _) = await ReferenceCheckpoint.LoadModelAsync(source, torch.ScalarType.BFloat16);
        using var disposal = model;
        foreach (var example in ReferenceCheckpoint.Cases("tiny"))
        {
            using var session = new ModelSession(model, checkpoint.Config, example.InputIds.Length);
            Assert.InRange(RelativeError(session.Feed(example.InputIds)[0], example.LastLogits), 0, 0.1);
        }
    }

    /// <summary>Largest difference as a share of the largest logit.</summary>
    private static double RelativeError(float[] actual, float[] expected)
        => actual.Zip(expected, (a, e) => Math.Abs(a - e)).Max() / expected.Max(Math.Abs);
}
