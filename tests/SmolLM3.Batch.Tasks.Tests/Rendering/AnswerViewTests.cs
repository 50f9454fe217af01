using System.Text.Json.Nodes;
using AngleSharp.Html.Parser;
using FsCheck.Fluent;
using SmolLM3.Batch.Tasks.Rendering;
using SmolLM3.Batch.Testing;

namespace SmolLM3.Batch.Tasks.Tests.Rendering;

public class AnswerViewTests
{
    [Theory]
    [InlineData("# Head *it*\n\ntext `c`", "<h2>Head <em>it</em></h2><p>text <code>c</code></p>")]
    [InlineData("- **a**\n- b\n\n3. c", "<ul><li><p><strong>a</strong></p></li><li><p>b</p></li></ul><ol start=\"3\"><li><p>c</p></li></ol>")]
    [InlineData("> q\n\n```js\nx < 1\n```", "<blockquote><p>q</p></blockquote><pre>x &lt; 1</pre>")]
    [InlineData("| h |\n| --- |\n| d |", "<table><tr><th>h</th></tr><tr><td>d</td></tr></table>")]
    [InlineData("[here](javascript:x) ![p](http://t/r.png) <b onclick=x>y</b> &copy;", "<p>here p &lt;b onclick=x&gt;y&lt;/b&gt; ©</p>")]
    [InlineData("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>")]
    public void Markdown_Answer_ShowsAsMeantAndRunsNothing(string markdown, string expected)
    {
        var html = new HtmlWriter();
        MarkdownView.Write(html, markdown);
        Assert.Equal($"<div class=\"prose\">{expected}</div>", html.ToString().Replace("\n", "").Replace("&#xA9;", "©"));
    }

    [Fact]
    public void Markdown_AnyAnswer_HoldsNoElementThatCouldActAndNoLink() => Pieced.Check(Prop.ForAll(Pieced.AnyText, pieces =>
    {
        var html = new HtmlWriter();
        MarkdownView.Write(html, string.Concat(pieces));
        var page = new HtmlParser().ParseDocument(html.ToString());
        string[] allowed = ["html", "head", "body", "div", "h2", "h3", "p", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "table", "tbody", "tr", "th", "td"];
        Assert.All(page.All, element => Assert.Contains(element.LocalName, allowed));
        Assert.All(
            page.All, element => Assert.All(element.Attributes, attribute => Assert.Contains(attribute.Name, new[] { "class", "start" })));
    }));

    [Theory]
    [InlineData("""{"dueDate": "1 May", "is_final": true}""", "<dl class=\"facts\"><dt>due date</dt><dd>1 May</dd><dt>is final</dt><dd>yes</dd></dl>")]
    [InlineData("""[{"a": 1, "b": "<x>"}, {"a": null}]""", "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>&lt;x&gt;</td></tr><tr><td>none</td><td></td></tr></tbody></table>")]
    [InlineData("""["x", [], {"k": [1.5]}]""", "<ul><li>x</li><li>none</li><li><dl class=\"facts\"><dt>k</dt><dd><ul><li>1.5</li></ul></dd></dl></li></ul>")]
    [InlineData("5", "5")]
    public void Json_Value_ShowsAsFactsTablesAndLists(string json, string expected)
    {
        var html = new HtmlWriter();
        JsonView.Write(html, JsonNode.Parse(json));
        Assert.Equal(expected, html.ToString().Replace("\n", ""));
    }
}
