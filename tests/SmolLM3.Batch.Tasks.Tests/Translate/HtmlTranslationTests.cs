using System.Text;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests.Translate;

public class HtmlTranslationTests
{
    private static readonly JsonObject ToGerman = new() { ["source"] = "en", ["target"] = "de" };

    [Fact]
    public async Task Translate_Page_KeepsElementsAndChangesWords()
    {
        const string Source = """
            <!DOCTYPE html><html lang="en"><head><title>The page</title><style>p { color: red }</style></head><body>
            <h1 class="big">Rent <em>agreement</em></h1><p>Pay <b>EUR 900</b> by <a href="/pay?x=1">transfer</a><br>on time &amp; in full. <img src="a.png" alt="x"></p>
            <ul><li>one<ul><li>two 2</li></ul></li></ul><table><tr><td>cell</td><td>12</td></tr></table>
            <pre>code stays</pre><p translate="no">name stays</p></body></html>
            """;
        const string Expected = """
            <!DOCTYPE html><html lang="de"><head><title>Theo pageo</title><style>p { color: red }</style></head><body>
            <h1 class="big">Rento <em>agreemento</em></h1><p>Payo <b>EURo 900</b> byo <a href="/pay?x=1">transfero</a><br>ono timeo &amp; ino fullo. <img src="a.png" alt="x"></p>
            <ul><li>oneo<ul><li>twoo 2</li></ul></li></ul><table><tbody><tr><td>cello</td><td>12</td></tr></tbody></table>
            <pre>code stays</pre><p translate="no">name stays</p></body></html>
            """;
        var result = await Given.RunAsync(
            new FakeModel(PseudoTranslator.Answer), await Given.DocumentAsync(Source, "rent.html"), TaskTypes.Translate, ToGerman);
        Assert.Null(result.Error);
        Assert.Equal(Expected, result.Text("translate.document.html"));
        Assert.StartsWith("# Rento agreemento", result.Text("translate.md"));
    }

    [Fact]
    public async Task Translate_HostilePage_LosesWhatCouldRun()
    {
        const string Source = """
            <html><head><base href="http://evil"><meta http-equiv="refresh" content="0;url=javascript:1"></head><body onload="x()">
            <script>alert(1)</script><p onclick="y()">Some words <a href="java&#10;script:z()">here</a></p><iframe src="http://evil"></iframe>
            <svg onload="q()"></svg><object data="e.swf"></object><form action="javascript:1"><p>more words</p></form></body></html>
            """;
        var result = await Given.RunAsync(
            new FakeModel(PseudoTranslator.Answer), await Given.DocumentAsync(Source, "evil.html"), TaskTypes.Translate, ToGerman);
        var page = new HtmlParser().ParseDocument(result.Text("translate.document.html"));
        Assert.Empty(page.QuerySelectorAll("script, iframe, object, base, meta[http-equiv]"));
        Assert.DoesNotContain(page.All, element => element.Attributes.Any(
            attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal) || attribute.Value.Contains("script:")));
        Assert.Contains("wordso", page.Body!.TextContent);
    }

    [Fact]
    public async Task Translate_RandomPages_KeepTheirElements()
    {
        var random = new Random(23);
        string[] pieces = ["word ", "<b>bold</b> ", "<a href=x>link <i>in</i></a> ", "<br>", "<p>para 1", "</p>", "<ul><li>item", "</li></ul>", "<h2>head</h2>", "<table><tr><td>c", "</td></tr></table>", "<span>", "</span>", "&lt;5&gt; ", "<code>c</code>", "12 ", "<div>", "</div>", "<!-- c -->", "😀 "];
        for (int round = 0; round < 50; round++)
        {
            var source = new StringBuilder("text ");
            for (int n = random.Next(1, 40); n > 0; n--) source.Append(pieces[random.Next(pieces.Length)]);
            foreach (var answer in new[] { PseudoTranslator.Answer, Noise.Model(round) })
            {
                var result = await Given.RunAsync(
                    new FakeModel(answer), await Given.DocumentAsync(source.ToString(), "a.html"), TaskTypes.Translate, ToGerman);
                Assert.Null(result.Error);
                Assert.Equal(Shape(source.ToString()), Shape(result.Text("translate.document.html")));
            }
        }
    }

    /// <summary>Blocks in order; inline elements may go where a model loses their tags.</summary>
    private static string Shape(string html) => string.Join(' ', new HtmlParser().ParseDocument(html).All
        .Where(element => element.LocalName is not ("b" or "a" or "i" or "span"))
        .Select(element => element.LocalName));
}
