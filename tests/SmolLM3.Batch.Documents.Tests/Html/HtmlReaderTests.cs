using SmolLM3.Batch.Documents.Tests.Support;

namespace SmolLM3.Batch.Documents.Tests.Html;

public class HtmlReaderTests
{
    private const string Page = """
        <!DOCTYPE html><html><head><title>The lease</title><style>p { color: red }</style><script>alert('x')</script></head>
        <body onload="alert(1)"><h1>Lease <em>agreement</em></h1>
        <p>Between   Anna
        and <b>Bert</b>.<br>Signed.</p>
        <div hidden>secret</div><div style="display: none">secret</div><noscript>secret</noscript>
        <h2>Rent</h2>
        <ol start="3"><li>Monthly<ul><li>by transfer</li></ul></li><li><p>In advance</p><p>Always</p></li></ol>
        <blockquote>A promise.</blockquote>
        <table><thead><tr><th>Month</th><th>Rent</th></tr></thead><tr><td><p>May</p></td><td>900</td></tr></table>
        <pre>a  b
        c</pre>Loose text &amp; more
        <script>document.write("evil")</script></body></html>
        """;

    [Fact]
    public async Task ReadAsync_Page_BecomesWhatAReaderSees()
    {
        var document = await Given.ReadAsync(Page, "lease.html");

        Given.AssertSound(document);
        Assert.Equal(
            """
            Heading1 p- [Lease agreement] # Lease agreement
            Paragraph p- [Lease agreement] Between Anna and Bert.⏎Signed.
            Heading2 p- [Lease agreement > Rent] ## Rent
            ListItem1 p- [Lease agreement > Rent] 3. Monthly
            ListItem2 p- [Lease agreement > Rent]   - by transfer
            ListItem1 p- [Lease agreement > Rent] 4. In advance
            Paragraph p- [Lease agreement > Rent] Always
            Quote p- [Lease agreement > Rent] > A promise.
            TableRow p- [Lease agreement > Rent] | Month | Rent |
            TableRow p- [Lease agreement > Rent] | May | 900 |
            Code p- [Lease agreement > Rent] a  b⏎c
            Paragraph p- [Lease agreement > Rent] Loose text & more
            """,
            Given.Outline(document));
        Assert.Equal("The lease", document.Title);
        Assert.DoesNotContain("secret", document.Text);
        Assert.DoesNotContain("alert", document.Text);
        Assert.DoesNotContain("evil", document.Text);
    }

    [Fact]
    public async Task ReadAsync_DeclaredCharset_IsBelieved()
    {
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes("<meta charset='iso-8859-1'><p>Zürich, Málaga</p>");
        var document = await Given.ReadAsync(bytes, "a.html");
        Assert.Equal("Zürich, Málaga", document.Text);
    }

    public static TheoryData<string> Towers => new()
    {
        { Given.Repeat("<div>", 200_000) + "a" },
        { Given.Repeat("<div></x>", 100_000) + "a" },
        { Given.Repeat("<div><!--</div>-->", 50_000) + "a" },
        { Given.Repeat("<b>", 200_000) + "a" },
        { Given.Repeat("<a><table><tr><td>", 20_000) + "a" },
        { Given.Repeat("<ul><li>", 50_000) + "a" },
        { "<table>" + Given.Repeat("x<i>", 50_000) },
    };

    [Theory]
    [MemberData(nameof(Towers), DisableDiscoveryEnumeration = true)]
    public async Task ReadAsync_TowerOfElements_IsRefusedInTime(string html)
    {
        var error = await Given.FaultAsync(html, "tower.html");
        Assert.Equal(DocumentFault.TooDeep, error.Fault);
    }

    [Fact]
    public async Task ReadAsync_PathologicalFormatting_IsGivenUpInTime()
    {
        string html = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"<font a{i}><p>"));
        var error = await Given.FaultAsync(html, "slow.html", new DocumentLimits { Timeout = TimeSpan.FromSeconds(1) });
        Assert.True(error.Fault is DocumentFault.TooSlow or DocumentFault.TooDeep, error.Message);
    }

    [Fact]
    public async Task ReadAsync_ManyAttributes_IsReadInTime()
    {
        string html = "<div " + string.Concat(Enumerable.Range(0, 60_000).Select(i => $"a{i} ")) + ">text</div>";
        var document = await Given.ReadAsync(html, "attributes.html");
        Assert.Equal("text", document.Text);
    }

    [Fact]
    public async Task ReadAsync_EntitiesOfBillionLaughs_AreText()
    {
        string html = "<!DOCTYPE html [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><p>&b;</p>";
        var document = await Given.ReadAsync(html, "laughs.html");
        Assert.DoesNotContain("aaaaaaaaaaaaaaaaaaaa", document.Text);
    }
}
