using SmolLM3.Inference.Model.Fused;

namespace SmolLM3.Inference.Tests.Model.Fused;

public sealed class SharedRowsTests
{
    [Theory]
    [InlineData(7, 3, new[] { 3, 3, 1 })]
    [InlineData(6, 3, new[] { 3, 3 })]
    [InlineData(2, 100, new[] { 2 })]
    [InlineData(3, 0, new[] { 1, 1, 1 })]
    public void Blocks_ScoresWithinBounds_CoverAllRows(int rows, long most, int[] expected)
    {
        var blocks = new SharedRows(5, rows, []).Blocks(most).ToList();
        Assert.Equal(expected, blocks.Select(block => block.Rows));
        Assert.Equal(expected.Select((_, i) => 5 + expected.Take(i).Sum()), blocks.Select(block => block.FirstRow));
    }
}
