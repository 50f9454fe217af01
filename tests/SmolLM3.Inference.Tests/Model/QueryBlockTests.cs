using SmolLM3.Inference.Model;

namespace SmolLM3.Inference.Tests.Model;

public sealed class QueryBlockTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(65)]
    [InlineData(130)]
    [InlineData(1_000)]
    [InlineData(long.MaxValue)]
    public void Cut_AnyRows_CoversThemAndLeavesNoTileOfOneRow(long most)
    {
        for (var rows = 1; rows <= 300; rows++)
        {
            var parts = QueryBlock.Cut(rows, most).ToList();

            Assert.Equal(Enumerable.Range(0, rows), parts.SelectMany(part => Enumerable.Range(part.First, part.Rows)));
            Assert.All(parts, part => Assert.InRange(part.Rows, 1, most));
            Assert.DoesNotContain(parts, part => part.Rows > 1 && part.Rows % 32 == 1);
        }
    }
}
