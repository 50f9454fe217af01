using SmolLM3.Inference.Benchmarking;
using SmolLM3.Inference.Tests.Engine;
using TorchSharp;

namespace SmolLM3.Inference.Tests.Model;

public sealed class ModelPropertyTests
{
    [Fact]
    public async Task PrefillMatchesStepByStep()
    {
        var (model, checkpoint) = await ReferenceCheckpoint.LoadModelAsync(new RandomCheckpoint(TestEngine.SmallConfig, 2));
        using var disposal = model;
        var tokens = TestEngine.Tokens(new Random(1), 50);
        using var whole = new ModelSession(model, tokens.Length);
        var expected = whole.Feed(tokens, logits: tokens.Length);
        using var stepwise = new ModelSession(model, tokens.Length);
        for (var i = 0; i < tokens.Length; i++)
            AssertClose(expected[i], stepwise.Feed(tokens.AsMemory(i, 1))[0]);
    }

    [Theory]
    [InlineData(torch.ScalarType.Float32)]
    [InlineData(torch.ScalarType.BFloat16)]
    public async Task BatchedRowsMatchSingleOnesBitForBit(torch.ScalarType type)
    {
        var (model, checkpoint) = await ReferenceCheckpoint.LoadModelAsync(new RandomCheckpoint(TestEngine.SmallConfig, 3), type);
        using var disposal = model;
        var random = new Random(2);
        int[][] prompts = [.. new[] { 5, 1, 33, 17 }.Select(length => TestEngine.Tokens(random, length))];
        var expected = prompts.Select(prompt =>
        {
            using var session = new ModelSession(model, prompt.Length);
            return session.Feed(prompt)[0];
        }).ToArray();

        var sessions = prompts.Select(prompt => new ModelSession(model, prompt.Length)).ToArray();
        var row = 0;
        var runs = sessions.Zip(prompts, (session, prompt) => session.Run(prompt, 1, (row += prompt.Length) - prompt.Length)).ToArray();
        Assert.Equal(expected, ModelSession.Rows(model.Forward(runs)));
        foreach (var session in sessions)
            session.Dispose();
    }

    private static void AssertClose(float[] expected, float[] actual)
        => Assert.True(expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() <= 1e-4 * expected.Max(Math.Abs));
}
