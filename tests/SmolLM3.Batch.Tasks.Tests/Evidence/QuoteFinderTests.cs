using SmolLM3.Batch.Tasks.Evidence;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests.Evidence;

public class QuoteFinderTests
{
    [Theory]
    [InlineData("The Supplier shall deliver within thirty days.", "The Supplier shall deliver within thirty days.")]
    [InlineData("Supplier   shall\ndeliver within", "Supplier shall deliver within")]
    [InlineData("[1] The Supplier shall deliver", "The Supplier shall deliver")]
    [InlineData("\"The Supplier shall deliver\"", "The Supplier shall deliver")]
    [InlineData("prior written con-\nsent of the other", "prior written consent of the other")]
    [InlineData("a nonexclusive licence", "a non-exclusive licence")]
    [InlineData("the “Effective Date” is fixed", "the \"Effective Date\" is fixed")]
    [InlineData("bold words stand out", "bold** words stand *out")]
    [InlineData("the office of finance", "the oﬃce of ﬁnance")]
    public async Task Find_FaithfulCopy_PointsAtTheWords(string quote, string expected)
    {
        var document = await Given.DocumentAsync(
            "The Supplier shall deliver within thirty days.\n\nWith prior written consent of the other, a non-exclusive licence.\n\n"
            + "Here the \"Effective Date\" is fixed and **bold** words stand *out*; the oﬃce of ﬁnance.", "a.txt");

        var found = new QuoteFinder(document).Find(quote);

        Assert.NotNull(found);
        Assert.Equal(expected, document.Text[found.Start..found.End]);
        Assert.Equal(document.BlockAt(found.Start).Index + 1, found.Paragraph);
    }

    [Theory]
    [InlineData("laLiberte\u0301", "la Liberté")]
    [InlineData("le déla\u00ADi convenu", "le de\u0301lai convenu")]
    [InlineData("יחולו על הסכם זה דיני מדינת ישראל", "יחולו על הסכם זה דיני מדינת ישראל")]
    [InlineData("يخضع هذا العقد\nلقوانين مصر", "يخضع هذا العقد لقوانين مصر")]
    public async Task Find_AccentsInTwoWaysAndOtherScripts_PointsAtTheWords(string quote, string expected)
    {
        var document = await Given.DocumentAsync(
            "Vive la Liberté.\n\nDans le de\u0301lai convenu.\n\nיחולו על הסכם זה דיני מדינת ישראל בלבד.\n\nيخضع هذا العقد لقوانين مصر.",
            "a.txt");
        var found = new QuoteFinder(document).FindName(quote);
        Assert.NotNull(found);
        Assert.Equal(expected, document.Text[found.Start..found.End]);
    }

    [Fact]
    public async Task Find_QuoteAcrossPages_ReachesOverHeaderAndFooter()
    {
        string[] places = ["yard", "store", "dock", "site", "gate"];
        string text = string.Join('\f', places.Select((place, i) =>
            $"Supply Agreement   Page {i + 1}\n\n{(i == 0 ? "" : $"{places[i - 1]} at its own cost. ")}The Supplier shall bring the parts for the {place} to the\n\nConfidential - {i + 1} of 5\n"));
        var document = await Given.DocumentAsync(text, "a.txt");
        var quotes = new QuoteFinder(document);

        var found = quotes.Find("The Supplier shall bring the parts for the dock to the dock at its own cost.");

        Assert.NotNull(found);
        Assert.StartsWith("The Supplier shall bring the parts for the dock", document.Text[found.Start..found.End]);
        Assert.EndsWith("dock at its own cost.", document.Text[found.Start..found.End]);
        Assert.Equal(3, found.Page);
        Assert.Null(quotes.Find("The Supplier shall bring the parts for the dock to the site at its own cost."));
        Assert.NotNull(quotes.Find("Confidential - 3 of 5"));
    }

    [Theory]
    [InlineData("The Supplier must deliver within thirty days.")]
    [InlineData("the")]
    [InlineData("")]
    [InlineData("- - - - - - - - - - - -")]
    [InlineData("thirty days. The end of it all")]
    public async Task Find_WhatIsNotThereOrProvesNothing_IsNull(string quote)
    {
        var document = await Given.DocumentAsync("The Supplier shall deliver within thirty days. - - - - - - - - - - - -", "a.txt");
        Assert.Null(new QuoteFinder(document).Find(quote));
    }

    [Fact]
    public async Task Find_WordsThatStandTwice_PrefersTheGivenRange()
    {
        var document = await Given.DocumentAsync(
            "The fee is due monthly.\n\nMiddle.\n\nThe fee is  due monthly.\n\nThe fee is due monthly.", "a.txt");
        var quotes = new QuoteFinder(document);
        int second = document.Text.LastIndexOf("The fee", StringComparison.Ordinal);
        Assert.Equal(0, quotes.Find("The fee is due monthly.")!.Start);
        Assert.Equal(second, quotes.Find("The fee is due monthly.", second)!.Start);
        Assert.Equal(0, quotes.Find("The fee is due monthly.", 5, second - 5)!.Start);
    }
}
