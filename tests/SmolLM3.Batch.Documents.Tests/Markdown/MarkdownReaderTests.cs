using SmolLM3.Batch.Documents.Tests.Support;

namespace SmolLM3.Batch.Documents.Tests.Markdown;

public class MarkdownReaderTests
{
    private const string Report = """
        ---
        author: nobody
        ---
        # Annual *report*

        We grew.[^1]

        ## Numbers

        1. Revenue rose
           - in the north
           - in the south

           A second paragraph of the item.
        2. Costs fell

        > A quotation
        > over two lines.

        | Item | Amount |
        | --- | --- |
        | Sales | 100 |

        ```
        code here
        ```

        <!-- hidden -->

        [^1]: By a tenth.

        ### Deep
        Last words.
        """;

    [Fact]
    public async Task ReadAsync_Report_FindsEveryBlock()
    {
        var document = await Given.ReadAsync(Report, "report.md");

        Given.AssertSound(document);
        Assert.Equal(
            """
            Heading1 p- [Annual report] # Annual *report*
            Paragraph p- [Annual report] We grew.[^1]
            Heading2 p- [Annual report > Numbers] ## Numbers
            ListItem1 p- [Annual report > Numbers] 1. Revenue rose
            ListItem2 p- [Annual report > Numbers] - in the north
            ListItem2 p- [Annual report > Numbers] - in the south
            Paragraph p- [Annual report > Numbers] A second paragraph of the item.
            ListItem1 p- [Annual report > Numbers] 2. Costs fell
            Quote p- [Annual report > Numbers] A quotation⏎> over two lines.
            TableRow p- [Annual report > Numbers] | Item | Amount |
            TableRow p- [Annual report > Numbers] | Sales | 100 |
            Code p- [Annual report > Numbers] ```⏎code here⏎```
            Footnote p- [Annual report > Numbers] [^1]: By a tenth.
            Heading3 p- [Annual report > Numbers > Deep] ### Deep
            Paragraph p- [Annual report > Numbers > Deep] Last words.
            """,
            Given.Outline(document));
        Assert.Equal(Report, document.Text);
        Assert.Equal("Annual report", document.Title);
    }

    public static TheoryData<string> Towers => new()
    {
        { Given.Repeat("> ", 100_000) + "a" },
        { string.Concat(Enumerable.Range(0, 2_000).Select(i => new string(' ', 2 * i) + "- a\n")) },
        { Given.Repeat("[", 100_000) },
        { Given.Repeat("*a ", 50_000) },
        { Given.Repeat("1. ", 3_000) + "a" },
        { string.Concat(Enumerable.Range(1, 1_000).Select(i => "e" + new string('`', i))) },
    };

    [Theory]
    [MemberData(nameof(Towers), DisableDiscoveryEnumeration = true)]
    public async Task ReadAsync_TowerOfMarkup_IsRefusedInTime(string text)
    {
        var error = await Given.FaultAsync(text, "tower.md");
        Assert.True(error.Fault is DocumentFault.TooDeep or DocumentFault.Corrupt, error.Message);
    }

    [Fact]
    public async Task ReadAsync_HeadingWithoutWords_IsNoHeading()
    {
        var document = await Given.ReadAsync("# \n\nText one.\n\n##\n\n# Real\n\n###   \n\nText two.", "a.md");
        Given.AssertSound(document);
        Assert.Equal("Paragraph p- [] Text one.\nHeading1 p- [Real] # Real\nParagraph p- [Real] Text two.", Given.Outline(document));
    }
}
