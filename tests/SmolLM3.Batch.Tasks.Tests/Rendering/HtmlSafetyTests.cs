using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AngleSharp.Html.Parser;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Rendering;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests.Rendering;

public class HtmlSafetyTests
{
    private const string Evil =
        "</style></title></textarea>--><script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>&lt;b&gt;";

    [Fact]
    public async Task Render_HostileDocumentAndModel_GivesTextOnly()
    {
        var document = await Given.DocumentAsync(
            $"# Title {Evil}\n\nThe Supplier shall pay {Evil} by {Evil} and that is that.\n\nMore {Evil}", "evil.txt");
        foreach (string type in TaskTypes.All)
        {
            var options = type == TaskTypes.Translate ? new JsonObject { ["target"] = "de", ["source"] = "en" } : type == TaskTypes.Prompt ? new JsonObject { ["instructions"] = Evil } : null;
            var result = await Given.RunAsync(new FakeModel(Answer), document, type, options);
            Assert.Null(result.Error);
            string html = result.Text($"{type}.html");
            var page = new HtmlParser().ParseDocument(html);
            Assert.Empty(page.QuerySelectorAll("script, img, svg, iframe, object, link, form"));
            Assert.Single(page.QuerySelectorAll("style"));
            Assert.DoesNotContain(page.All, element => element.Attributes.Any(
                attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal) || attribute.Name == "style"));
            foreach (var link in page.QuerySelectorAll("a")) Assert.NotNull(page.GetElementById(link.GetAttribute("href")!.TrimStart('#')));
            Assert.Equal(
                page.QuerySelectorAll("[id]").Length, page.QuerySelectorAll("[id]").Select(element => element.Id).Distinct().Count());
            string css = page.QuerySelector("style")!.TextContent;
            string policy = page.QuerySelector("meta[http-equiv]")!.GetAttribute("content")!;
            Assert.Contains($"style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(css)))}'", policy);
            Assert.StartsWith("default-src 'none'", policy);
        }
    }

    [Fact]
    public void Writer_ElementLeftOpen_Throws() => Assert.Throws<InvalidOperationException>(() => new HtmlWriter().Open("p").ToString());

    [Theory]
    [InlineData("1. not a list", @"1\. not a list")]
    [InlineData("# no heading", @"\# no heading")]
    [InlineData("a *b* `c` [d](e) <f>", @"a \*b\* \`c\` \[d\](e) \<f>")]
    [InlineData("snake_case and _this_", @"snake_case and \_this\_")]
    [InlineData("A & B &amp; C", @"A & B \&amp; C")]
    public void Inline_Markup_ShowsAsItIs(string text, string expected)
    {
        Assert.Equal(expected, MarkdownEscape.Inline(text));
        Assert.Equal(text, Markdig.Markdown.ToPlainText(MarkdownEscape.Inline(text)).Trim());
    }

    /// <summary>Puts markup into every string it may write.</summary>
    private static string Answer(CompletionRequest request)
    {
        if (request.JsonSchema is null) return Evil;
        var node = JsonNode.Parse(Reader.Answer(request))!;
        Poison(node);
        return node.ToJsonString();
    }

    private static void Poison(JsonNode? node)
    {
        if (node is JsonObject map)
        {
            foreach (var (name, value) in map.ToList())
            {
                if (value is JsonValue text && text.GetValueKind() == System.Text.Json.JsonValueKind.String && name is not (
                    "category" or "risk" or "verdict" or "documentType" or "quote")) map[name] = Evil + text.GetValue<string>();
                else Poison(value);
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list.ToList()) Poison(item);
        }
    }
}
