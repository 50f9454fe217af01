using System.Text.Json.Nodes;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using DocumentFormat.OpenXml.Wordprocessing;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests.Translate;

public class DocxTranslationTests
{
    private static readonly JsonObject ToGerman = new() { ["source"] = "en", ["target"] = "de" };

    private const string Body = """
        <w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>First heading</w:t></w:r></w:p>
        <w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t xml:space="preserve">Pay </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>EUR 9</w:t></w:r><w:r><w:rPr><w:b/><w:lang w:val="en-US"/></w:rPr><w:t>00</w:t></w:r><w:r><w:t xml:space="preserve"> now</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t>.</w:t></w:r></w:p>
        <w:p><w:r><w:t xml:space="preserve">Page </w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>7</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:tab/></w:r><w:hyperlink w:anchor="x"><w:r><w:rPr><w:u w:val="single"/></w:rPr><w:t>a link</w:t></w:r></w:hyperlink></w:p>
        <w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
        <w:p><w:r><w:t>12.50</w:t></w:r></w:p>
        """;

    [Fact]
    public async Task Translate_Word_KeepsStylesFieldsNotesAndTables()
    {
        var document = await Given.BytesAsync(Docx(Body), "letter.docx");
        var result = await Given.RunAsync(new FakeModel(PseudoTranslator.Answer), document, TaskTypes.Translate, ToGerman);

        Assert.Null(result.Error);
        Assert.Empty(result.Warnings);
        using var package = Open(result);
        var paragraphs = package.MainDocumentPart!.Document.Body!.Descendants<Paragraph>().ToList();
        Assert.Equal(
            ["Firsto headingo", "Payo EURo 900 nowo.", "Pageo 7ao linko", "cello", "12.50"],
            paragraphs.Select(paragraph => paragraph.InnerText.Replace("PAGE", "")));
        Assert.Equal("Heading1", paragraphs[0].ParagraphProperties!.ParagraphStyleId!.Val!.Value);
        Assert.NotNull(paragraphs[1].ParagraphProperties!.NumberingProperties);
        Assert.Equal(
            "EURo 900",
            string.Concat(paragraphs[1].Elements<Run>().Where(run => run.RunProperties?.Bold is not null).Select(run => run.InnerText)));
        Assert.Single(paragraphs[1].Descendants<FootnoteReference>());
        Assert.Equal(3, paragraphs[2].Descendants<FieldChar>().Count());
        Assert.Equal("ao linko", paragraphs[2].Elements<Hyperlink>().Single().InnerText);
        Assert.NotNull(paragraphs[2].Elements<Hyperlink>().Single().Elements<Run>().Single().RunProperties!.Underline);
        Assert.Equal("Ao noteo.", package.MainDocumentPart.FootnotesPart!.Footnotes.InnerText);
        Assert.Equal("Headero wordso", package.MainDocumentPart.HeaderParts.Single().Header.InnerText);
        Assert.Empty(new OpenXmlValidator().Validate(package.MainDocumentPart));
        Assert.StartsWith("# Firsto headingo", result.Text("translate.md"));
    }

    [Fact]
    public async Task Translate_Noise_StillGivesAValidDocumentOfTheSameShape()
    {
        var document = await Given.BytesAsync(Docx(Body), "letter.docx");
        for (int seed = 0; seed < 6; seed++)
        {
            var result = await Given.RunAsync(new FakeModel(Noise.Model(seed)), document, TaskTypes.Translate, ToGerman);
            Assert.Null(result.Error);
            using var package = Open(result);
            Assert.Equal(5, package.MainDocumentPart!.Document.Body!.Descendants<Paragraph>().Count());
            Assert.Single(package.MainDocumentPart.Document.Body.Descendants<FootnoteReference>());
            Assert.Empty(new OpenXmlValidator().Validate(package.MainDocumentPart));
        }
    }

    private static WordprocessingDocument Open(TaskResult result) =>
        WordprocessingDocument.Open(
            new MemoryStream(result.Files.Single(file => file.Name == "translate.docx").Content.ToArray()), isEditable: false);

    private static byte[] Docx(string body)
    {
        const string Namespace = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
        using var stream = new MemoryStream();
        using (var package = WordprocessingDocument.Create(stream, WordprocessingDocumentType.Document))
        {
            var main = package.AddMainDocumentPart();
            Feed(main, $"<w:document {Namespace}><w:body>{body}</w:body></w:document>");
            Feed(
                main.AddNewPart<FootnotesPart>(),
                $"<w:footnotes {Namespace}><w:footnote w:id=\"2\"><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote></w:footnotes>");
            Feed(main.AddNewPart<HeaderPart>(), $"<w:hdr {Namespace}><w:p><w:r><w:t>Header words</w:t></w:r></w:p></w:hdr>");
        }

        return stream.ToArray();
    }

    private static void Feed(OpenXmlPart part, string xml)
    {
        using var content = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(xml));
        part.FeedData(content);
    }
}
