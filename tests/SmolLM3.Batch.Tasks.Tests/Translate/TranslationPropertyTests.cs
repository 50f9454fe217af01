using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Tests.Support;
using SmolLM3.Batch.Testing;

namespace SmolLM3.Batch.Tasks.Tests.Translate;

/// <summary>
/// Whatever a model answers, the translation of a document has the same headings, list items and numbers as its source, read back by the
/// same reader.
/// </summary>
public partial class TranslationPropertyTests
{
    private static readonly JsonObject ToGerman = new() { ["source"] = "en", ["target"] = "de" };

    private static readonly string[] Spans =
    [
        "plain words", "<b>bold words</b>", "<i>italic</i>", "<b>bold <i>and italic</i> 3</b>", "12,500", "1.5 percent", "{name}",
        "5 &lt; 6", "A &amp; B", "1. no item", "- no item", "# no heading",
        "| no cell", "_", "*", "`", "“Term”", "http://x.yz/7", "a@b.cd", "<code>code 7</code>", "<a href=\"u\">a link</a>", "über 30 Tage",
        "日本", "😀", "(a)", "§ 9", "50%", "[ref]", "\\",
    ];

    private static readonly Arbitrary<Piece[]> Documents = Pieced.Of(
        from kind in Gen.Elements("p", "p", "h", "li", "row")
        from level in Gen.Choose(1, 3)
        from spans in Gen.ArrayOf(Gen.Elements(Spans)).Where(spans => spans.Length is > 0 and < 9)
        select new Piece(kind, level, spans));

    [Theory]
    [InlineData("a.md")]
    [InlineData("a.html")]
    [InlineData("a.docx")]
    public void Translate_AnyDocument_KeepsHeadingsItemsAndNumbers(string name) => Pieced.Check(
        Prop.ForAll(Documents, Gen.Choose(0, 10_000).ToArbitrary(), async (pieces, seed) =>
        {
            var source = await Given.BytesAsync(Written(pieces, name), name);
            foreach (var model in new Func<CompletionRequest, string>[] { PseudoTranslator.Answer, Noise.Model(seed) })
            {
                var result = await Given.RunAsync(new FakeModel(model), source, TaskTypes.Translate, ToGerman);
                Assert.Null(result.Error);
                var file = result.Files.Single(file => file.Name == name switch { "a.md" => "translate.md", "a.html" => "translate.document.html", _ => "translate.docx" });
                var target = await Given.BytesAsync(file.Content.ToArray(), name);
                Assert.Equal(Shape(source), Shape(target));
            }
        }),
        tests: 40,
        size: 12);

    private static string Shape(Document document) => string.Join('\n', document.Blocks.Select(block =>
        $"{block.Kind}{block.Level} {string.Join(' ', Digits().Matches(document.TextOf(block).ToString()).Select(match => match.Value).Order(StringComparer.Ordinal))}"));

    private static byte[] Written(Piece[] pieces, string name) => name switch
    {
        "a.docx" => PiecedDocx.Of(pieces.Select(piece => (piece.Kind, piece.Level, string.Join(' ', piece.Spans)))),
        "a.html" => Encoding.UTF8.GetBytes("<!DOCTYPE html><title>A page</title>" + string.Concat(pieces.Select(piece => piece.Kind switch
        {
            "h" => $"<h{piece.Level}>{piece.Html}</h{piece.Level}>",
            "li" => $"<ol><li>{piece.Html}</li></ol>",
            "row" => $"<table><tr><td>{piece.Html}</td><td>two 2</td></tr></table>",
            _ => $"<p>{piece.Html}</p>",
        }))),
        _ => Encoding.UTF8.GetBytes(string.Concat(pieces.Select(piece => piece.Kind switch
        {
            "h" => $"{new string('#', piece.Level)} {piece.Markdown}\n\n",
            "li" => $"{(piece.Level == 1 ? "-" : "3.")} {piece.Markdown}\n\n",
            "row" => $"| head | 1 |\n| --- | --- |\n| {piece.Markdown.Replace("|", "\\|")} | two 2 |\n\n",
            _ => $"So {piece.Markdown}\n\n",
        }))),
    };

    /// <param name="Kind">Heading, item, row or paragraph.</param>
    /// <param name="Level">Of a heading.</param>
    /// <param name="Spans">Its text, as HTML.</param>
    private sealed record Piece(string Kind, int Level, string[] Spans)
    {
        public string Html => string.Join(' ', Spans);

        public string Markdown =>
            Link().Replace(Html, "[$1](u)").Replace("<b>", "**").Replace("</b>", "**").Replace("<i>", "*").Replace("</i>", "*")
            .Replace("<code>", "`").Replace("</code>", "`");

        public override string ToString() => $"{Kind}{Level}: {Html}";
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();

    [GeneratedRegex("<a href=\"u\">(.*?)</a>")]
    private static partial Regex Link();
}
