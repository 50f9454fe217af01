using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests.Translate;

public partial class MarkdownTranslationTests
{
    private static readonly JsonObject ToGerman = new() { ["source"] = "en", ["target"] = "de" };
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseFootnotes().UseYamlFrontMatter()
        .Build();

    [Fact]
    public async Task Translate_Agreement_GivesTheExpectedPages()
    {
        var result = await Given.RunAsync(
            new FakeModel(PseudoTranslator.Answer), await Given.DocumentAsync(Samples.Agreement, "agreement.md"), TaskTypes.Translate,
            ToGerman.DeepClone().AsObject());
        Assert.Null(result.Error);
        foreach (var file in result.Files) Golden.AssertEqual(file.Name, result.Text(file.Name));
    }

    [Fact]
    public async Task Translate_Markdown_ReplacesWordsAndNothingElse()
    {
        const string Source = """
            ---
            title: stays
            ---
            # The *first* heading

            Pay **EUR 1,000** by [the link](https://example.org/a_b "title") or `code`, see {placeholder}.[^1]
            A second line of it.

            1. One item
               - nested <span>item</span>
            2. Other item

            > Quoted words

            | Head | Other |
            |:---|---:|
            | cell | 12 |

            ```
            code stays
            ```

            [^1]: A note.
            """;
        const string Expected = """
            ---
            title: stays
            ---
            # Theo *firsto* headingo

            Payo **EURo 1,000** byo [theo linko](https://example.org/a_b "title") oro `code`, seeo {placeholder}.[^1] Ao secondo lineo ofo ito.

            1. Oneo itemo
               - nestedo <span>itemo</span>
            2. Othero itemo

            > Quotedo wordso

            | Heado | Othero |
            |:---|---:|
            | cello | 12 |

            ```
            code stays
            ```

            [^1]: Ao noteo.
            """;
        var result = await Given.RunAsync(
            new FakeModel(PseudoTranslator.Answer), await Given.DocumentAsync(Source), TaskTypes.Translate, ToGerman);
        Assert.Null(result.Error);
        Assert.Equal(Expected, result.Text("translate.md"));
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public async Task Translate_RandomMarkdown_KeepsHeadingsItemsAndNumbers()
    {
        var random = new Random(17);
        for (int round = 0; round < 50; round++)
        {
            string source = RandomMarkdown(random);
            foreach (var answer in new Func<CompletionRequest, string>[] { PseudoTranslator.Answer, Noise.Model(round), Hostile })
            {
                var result = await Given.RunAsync(new FakeModel(answer), await Given.DocumentAsync(source), TaskTypes.Translate, ToGerman);
                Assert.Null(result.Error);
                string target = result.Text("translate.md");
                Assert.True(Structure(source) == Structure(target), $"--- source\n{source}\n--- target\n{target}");
                Assert.Equal(Numbers(source), Numbers(target));
            }
        }
    }

    [Fact]
    public async Task Translate_ModelDropsANumber_KeepsTheSourceAndSaysSo()
    {
        var model = new FakeModel(request => PseudoTranslator.Answer(request).Replace("30", "dreissig"));
        var result = await Given.RunAsync(
            model, await Given.DocumentAsync("Pay within 30 days.\n\nAll is well."), TaskTypes.Translate, ToGerman);

        Assert.Equal("Pay within 30 days.\n\nAllo iso wello.", result.Text("translate.md"));
        var segments = result.Json("translate.json")["segments"]!.AsArray();
        Assert.Equal("kept", segments[0]!["status"]!.GetValue<string>());
        Assert.False(segments[0]!["verified"]!.GetValue<bool>());
        Assert.Contains("1 of 2 segments", Assert.Single(result.Warnings));
        Assert.Contains(model.Requests, request => request.Messages[^1].Content.Contains("must contain: 30"));
        Assert.Contains("not translated", result.Text("translate.html"));
    }

    [Fact]
    public async Task Translate_ModelDropsFormatting_KeepsTheWords()
    {
        var model = new FakeModel(request => Tag().Replace(PseudoTranslator.Answer(request), ""));
        var result = await Given.RunAsync(model, await Given.DocumentAsync("Some **bold** words."), TaskTypes.Translate, ToGerman);
        Assert.Equal("Someo boldo wordso.", result.Text("translate.md"));
        Assert.Contains("lost formatting", Assert.Single(result.Warnings));
    }

    [Fact]
    public async Task Translate_GlossaryAndDefinedTerms_GoIntoThePrompts()
    {
        const string Source = "The company (the \"Supplier\") delivers.\n\nThe Supplier shall use the portal.\n\nThe rain stays.";
        var model = new FakeModel(
            request => request.JsonSchema is null ? PseudoTranslator.Answer(request) : """{"terms": ["Lieferant"]}""");
        var options = new JsonObject { ["target"] = "de", ["source"] = "en", ["glossary"] = new JsonObject { ["portal"] = "Portal" } };

        var result = await Given.RunAsync(model, await Given.DocumentAsync(Source), TaskTypes.Translate, options);

        Assert.Contains(
            model.Requests,
            request => request.Messages[^1].Content.StartsWith("Terms: portal = Portal; Supplier = Lieferant\n", StringComparison.Ordinal));
        Assert.Contains(model.Requests, request => request.Messages[^1].Content == "Translate into German:\nThe rain stays.");
        var term = result.Json("translate.json")["terms"]!.AsArray().Single(found => found!["term"]!.GetValue<string>() == "Supplier")!;
        Assert.Equal("Lieferant", term["translation"]!.GetValue<string>());
        Assert.Equal([1, 2], term["missing"]!.AsArray().Select(number => number!.GetValue<int>()));
    }

    [Fact]
    public async Task Translate_LongParagraph_IsCutAtSentencesAndJoined()
    {
        string source = string.Join(' ', Enumerable.Range(1, 400).Select(i => $"Sentence number {i} of a **very** long paragraph."));
        var model = new FakeModel(PseudoTranslator.Answer, 4096);
        var result = await Given.RunAsync(model, await Given.DocumentAsync(source), TaskTypes.Translate, ToGerman);
        Assert.Empty(result.Warnings);
        Assert.Equal(PseudoTranslator.Translate(source), result.Text("translate.md"));
        Assert.True(model.Requests.Count > 5);
    }

    [Theory]
    [InlineData("de", "Der Vertrag ist von den Parteien zu erfüllen und die Zahlung ist nicht im Voraus zu leisten.")]
    [InlineData("fr", "Le contrat est conclu entre les parties et le prix est payé dans les trente jours pour la livraison.")]
    [InlineData("es", "El contrato se celebra por las partes y el precio del servicio se paga en los treinta días con la factura.")]
    [InlineData("it", "Il contratto è concluso dalle parti e il prezzo della fornitura è pagato nei trenta giorni per la consegna dei beni.")]
    [InlineData("pt", "O contrato é celebrado e o preço do serviço não é pago em trinta dias com a fatura para os clientes das partes.")]
    [InlineData("en", "The contract is made by the parties and the price of the service shall be paid with the invoice.")]
    public async Task Translate_SourceNotNamed_IsFoundOut(string code, string text)
    {
        string target = code == "en" ? "fr" : "en";
        var result = await Given.RunAsync(
            new FakeModel(PseudoTranslator.Answer), await Given.DocumentAsync(text), TaskTypes.Translate,
            new JsonObject { ["target"] = target });
        Assert.Equal(code, result.Json("translate.json")["sourceLanguage"]!.GetValue<string>());
        var again = await Given.RunAsync(
            new FakeModel(PseudoTranslator.Answer), await Given.DocumentAsync(text), TaskTypes.Translate,
            new JsonObject { ["target"] = code });
        Assert.Contains("already", again.Error);
    }

    /// <summary>A model that writes Markdown of its own.</summary>
    private static string Hostile(CompletionRequest request)
    {
        string text = PseudoTranslator.Answer(request);
        return request.JsonSchema is not null ? text : (request.Messages[^1].Content.Length % 5) switch
        {
            0 => "# " + text,
            1 => "- " + text,
            2 => text + " | x | <b>y</b> `z",
            3 => "> " + text + "\n\n# more",
            _ => "+ [" + text + "](javascript:x) ***",
        };
    }

    private static string Structure(string markdown)
    {
        var shape = new StringBuilder();
        foreach (var block in Markdown.Parse(markdown, Pipeline).Descendants())
        {
            shape.Append(block switch
            {
                HeadingBlock heading => $"h{heading.Level} ",
                ListItemBlock item => $"li{item.Order} ",
                QuoteBlock => "quote ",
                TableRow row => $"row{row.Count} ",
                FencedCodeBlock => "code ",
                ThematicBreakBlock => "hr ",
                _ => "",
            });
        }

        return shape.ToString();
    }

    private static string Numbers(string text) => string.Join(' ', Digits().Matches(text).Select(match => match.Value));

    private static string RandomMarkdown(Random random)
    {
        string[] inlines =
        [
            "plain words", "**bold**", "*it* ", "`code 7`", "[link](http://x.y/1)", "12,500", "{name}", "a_b_c", "5 * 3", "x < 4", "&amp;",
            "1. no item", "![pic](p.png)", "<br>", "~~no~~", "A&B",
            "[ref]", "\\*", "end.", "(a)", "“Term”", "http://auto.link/2", "<a@b.co>", "***both***", "- dash", "# hash", "50%", "_",
        ];
        string Line() => string.Join(' ', Enumerable.Range(0, random.Next(1, 7)).Select(_ => inlines[random.Next(inlines.Length)]));
        var text = new StringBuilder("Start here.\n\n");
        for (int n = random.Next(1, 12); n > 0; n--)
        {
            text.Append(random.Next(8) switch
            {
                0 => new string('#', random.Next(1, 5)) + " " + Line(),
                1 => "- " + Line() + "\n- " + Line() + "\n  - " + Line(),
                2 => "3. " + Line() + "\n4. " + Line(),
                3 => "> " + Line() + "\n> " + Line(),
                4 => "| a | b |\n| --- | --- |\n| word 1 | **x** |\n| [l](u) | 3 |",
                5 => "```\n" + Line() + "\n```",
                6 => "---",
                _ => Line() + "\n" + "more " + Line(),
            }).Append("\n\n");
        }

        return text.ToString();
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();

    [GeneratedRegex(@"</?a?\d+>")]
    private static partial Regex Tag();
}
