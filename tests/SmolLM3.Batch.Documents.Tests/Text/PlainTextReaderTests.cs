using SmolLM3.Batch.Documents.Tests.Support;

namespace SmolLM3.Batch.Documents.Tests.Text;

public class PlainTextReaderTests
{
    private const string Agreement = """
        SUPPLY AGREEMENT

        This agreement is made on 3 May 2024
        between the parties named below.

        ARTICLE I - DEFINITIONS
        In this agreement the following words apply:
        (a) "Goods" means the goods;
        (b) "Price" means the price.

        1.1 Delivery Terms

        The Seller delivers the Goods on Monday.

        Governing law
        =============

        The laws of Norway apply.
        """;

    [Fact]
    public async Task ReadAsync_Agreement_FindsHeadingsItemsAndParagraphs()
    {
        var document = await Given.ReadAsync(Agreement, "supply.txt");

        Given.AssertSound(document);
        Assert.Equal(
            """
            Heading1 p- [SUPPLY AGREEMENT] SUPPLY AGREEMENT
            Paragraph p- [SUPPLY AGREEMENT] This agreement is made on 3 May 2024⏎between the parties named below.
            Heading1 p- [ARTICLE I - DEFINITIONS] ARTICLE I - DEFINITIONS
            Paragraph p- [ARTICLE I - DEFINITIONS] In this agreement the following words apply:
            ListItem1 p- [ARTICLE I - DEFINITIONS] (a) "Goods" means the goods;
            ListItem1 p- [ARTICLE I - DEFINITIONS] (b) "Price" means the price.
            Heading2 p- [ARTICLE I - DEFINITIONS > 1.1 Delivery Terms] 1.1 Delivery Terms
            Paragraph p- [ARTICLE I - DEFINITIONS > 1.1 Delivery Terms] The Seller delivers the Goods on Monday.
            Heading1 p- [Governing law] Governing law⏎=============
            Paragraph p- [Governing law] The laws of Norway apply.
            """,
            Given.Outline(document));
        Assert.Equal("SUPPLY AGREEMENT", document.Title);
    }

    [Fact]
    public async Task ReadAsync_FormFeeds_AreNewPages()
    {
        var document = await Given.ReadAsync("First page.\n\fSecond page\ngoes on\fto the third.\n\nEnd.", "a.txt");

        Given.AssertSound(document);
        Assert.Equal(3, document.PageCount);
        Assert.Equal([1, 2, 3], new[] { "First", "Second", "End" }.Select(
            word => document.PageAt(document.Text.IndexOf(word, StringComparison.Ordinal))!.Value));
        Assert.Equal(2, document.PageAt(document.Text.IndexOf("goes", StringComparison.Ordinal)));
        Assert.Equal(3, document.PageAt(document.Text.IndexOf("to the", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("The supplier shall deliver.")]
    [InlineData("1. The supplier shall deliver the goods without undue delay and at its own cost and risk, as agreed upon.")]
    [InlineData("USD 5,000,000.00")]
    [InlineData("4.3 Rules by class:")]
    [InlineData("ALPHA INC.               BETA LLC")]
    [InlineData("Section 4.5    new: use of such services")]
    public async Task ReadAsync_Sentence_IsNoHeading(string text)
    {
        var document = await Given.ReadAsync(text, "a.txt");
        Assert.NotEqual(BlockKind.Heading, document.Blocks[0].Kind);
    }

    [Fact]
    public async Task ReadAsync_LongLinesOfAnything_AreReadInTime()
    {
        foreach (string line in new[] { "(", "1.", "1.1", "a ", "- ", "ARTICLE ", "§", "((((1))))" })
        {
            var document = await Given.ReadAsync(Given.Repeat(line, 400_000 / line.Length) + " x", "a.txt");
            Given.AssertSound(document);
        }
    }
}
