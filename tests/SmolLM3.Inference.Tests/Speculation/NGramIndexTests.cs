using SmolLM3.Inference.Speculation;

namespace SmolLM3.Inference.Tests.Speculation;

public sealed class NGramIndexTests
{
    [Fact]
    public void Propose_LastTokensOccurredBefore_GivesWhatFollowed()
    {
        var index = new NGramIndex();
        int[] tokens = [1, 2, 3, 4, 5, 9, 1, 2, 3];
        Assert.Equal([4, 5, 9, 1], index.Propose(tokens, 4).ToArray());
        Assert.Equal([4, 5], index.Propose(tokens, 2).ToArray());
    }

    [Fact]
    public void Propose_OccurredTwice_TakesTheLatest()
        => Assert.Equal([8], new NGramIndex().Propose([1, 2, 3, 7, 1, 2, 3, 8, 1, 2, 3], 1).ToArray());

    [Theory]
    [InlineData(new[] { 1, 2, 3 })]
    [InlineData(new[] { 1, 2, 3, 4, 5 })]
    [InlineData(new int[0])]
    public void Propose_NothingRepeats_IsEmpty(int[] tokens) => Assert.True(new NGramIndex().Propose(tokens, 4).IsEmpty);

    [Fact]
    public void Verified_MostlyWrong_StopsProposingForAWhile()
    {
        var index = new NGramIndex();
        List<int> tokens = [1, 2, 3, 4, 1, 2, 3];
        for (var i = 0; i < 10; i++)
            index.Verified(proposed: 4, accepted: 0, tokens.Count);
        Assert.True(index.Propose(tokens, 4).IsEmpty);
        tokens.AddRange(Enumerable.Range(100, 100));
        tokens.AddRange([1, 2, 3]);
        Assert.Equal([100], index.Propose(tokens, 1).ToArray());
    }

    [Fact]
    public void Verified_MostlyRight_GoesOn()
    {
        var index = new NGramIndex();
        for (var i = 0; i < 100; i++)
            index.Verified(proposed: 4, accepted: 2, 50);
        Assert.False(index.Propose([1, 2, 3, 4, 1, 2, 3], 4).IsEmpty);
    }
}
