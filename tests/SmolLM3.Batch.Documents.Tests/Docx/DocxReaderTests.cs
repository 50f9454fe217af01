using System.Text;
using SmolLM3.Batch.Documents.Tests.Support;
using static SmolLM3.Batch.Documents.Tests.Support.DocxFile;

namespace SmolLM3.Batch.Documents.Tests.Docx;

public class DocxReaderTests
{
    private const string Numbering = """
        <w:abstractNum w:abstractNumId="0">
          <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
          <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
          <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%3)"/></w:lvl>
        </w:abstractNum>
        <w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl></w:abstractNum>
        <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
        <w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
        """;

    private const string Styles = """
        <w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="Clause"><w:name w:val="Clause"/><w:basedOn w:val="berschrift1"/></w:style>
        """;

    private const string Footnotes = """<w:footnote w:id="2"><w:p><w:r><w:t>See annex.</w:t></w:r></w:p></w:footnote>""";

    [Fact]
    public async Task ReadAsync_Contract_KeepsHeadingsNumbersTablesAndNotes()
    {
        string body = Paragraph("Contract", "Title")
            + Paragraph("Scope", "berschrift1")
            + Paragraph("Goods", list: 1, level: 1) + Paragraph("red ones", list: 1, level: 2) + Paragraph("blue ones", list: 1, level: 2)
            + Paragraph("Price", "Clause")
            + Paragraph("Monthly", list: 1, level: 1)
            + Paragraph("a dot", list: 2)
            + """<w:p><w:r><w:t>The pr</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>ice</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:tab/><w:t>is</w:t><w:br/><w:t>due</w:t></w:r></w:p>"""
            + "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>A</w:t></w:r></w:p><w:p><w:r><w:t>B</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
            + "<w:p><w:r><w:t>On </w:t></w:r><w:r><w:lastRenderedPageBreak/><w:t>page two</w:t></w:r></w:p>";

        var document = await Given.ReadAsync(Of(body, Numbering, Styles, Footnotes), "contract.docx");

        Given.AssertSound(document);
        Assert.Equal(
            """
            Heading1 p1 [Contract] # Contract
            Heading1 p1 [1. Scope] # 1. Scope
            ListItem2 p1 [1. Scope]   1.1 Goods
            ListItem3 p1 [1. Scope]     (a) red ones
            ListItem3 p1 [1. Scope]     (b) blue ones
            Heading1 p1 [2. Price] # 2. Price
            ListItem2 p1 [2. Price]   2.1 Monthly
            ListItem1 p1 [2. Price] - a dot
            Paragraph p1 [2. Price] The price[^2]	is⏎due
            Footnote p1 [2. Price] [^2]: See annex.
            TableRow p1 [2. Price] | A B | 1 |
            Paragraph p1 [2. Price] On page two
            """,
            Given.Outline(document));
        Assert.Equal(2, document.PageAt(document.Text.IndexOf("page two", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ReadAsync_HeadersAndFooters_StandAtTheEndOnceEachUnderNoHeading()
    {
        const string Sections = """
            <w:p><w:pPr><w:sectPr><w:headerReference w:type="default" r:id="h1"/><w:headerReference w:type="first" r:id="h2"/><w:footerReference w:type="default" r:id="f1"/></w:sectPr></w:pPr></w:p>
            <w:sectPr><w:headerReference w:type="default" r:id="h3"/><w:headerReference w:type="even" r:id="h4"/><w:footerReference w:type="default" r:id="f2"/></w:sectPr>
            """;
        var parts = new Dictionary<string, string>
        {
            ["h1"] = Paragraph("Supply Agreement between Alpha AG and Beta Ltd"),
            ["h2"] = Paragraph("A first page that is switched off"),
            ["h3"] = Paragraph("Supply Agreement between Alpha AG and Beta Ltd"),
            ["h4"] = Paragraph("An even page that is switched off"),
            ["f1"] = "<w:tbl><w:tr><w:tc>" + Paragraph("Draft of 3 May 2025") + "</w:tc><w:tc>" + Paragraph("Confidential") + "</w:tc></w:tr></w:tbl>"
                + """<w:p><w:r><w:t xml:space="preserve">Page </w:t></w:r><w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>""",
            ["f2"] = """<w:p><w:fldSimple w:instr="PAGE"><w:r><w:t>2</w:t></w:r></w:fldSimple></w:p>""",
        };

        var document = await Given.ReadAsync(
            WithHeaders(Paragraph("Scope", "Heading1") + Paragraph("Goods are sold.") + Sections, parts), "contract.docx");

        Given.AssertSound(document);
        Assert.Equal(
            """
            Heading1 p- [Scope] # Scope
            Paragraph p- [Scope] Goods are sold.
            Paragraph p- [] Header: Supply Agreement between Alpha AG and Beta Ltd
            Paragraph p- [] Footer: Draft of 3 May 2025 | Confidential⏎Page 1
            """,
            Given.Outline(document));

        var titled = await Given.ReadAsync(
            WithHeaders(Paragraph("Goods are sold.") + Sections.Replace("<w:sectPr>", "<w:sectPr><w:titlePg/>"), parts, evenAndOdd: true),
            "contract.docx");
        Assert.Contains("A first page", titled.Text);
        Assert.Contains("An even page", titled.Text);
    }

    [Fact]
    public async Task ReadAsync_OddParts_AreReadAsAReaderSeesThem()
    {
        const string Fallback = "http://schemas.openxmlformats.org/markup-compatibility/2006";
        const string Formula = "http://schemas.openxmlformats.org/officeDocument/2006/math";
        const string Drawing = "http://schemas.openxmlformats.org/drawingml/2006";
        string box = $"<w:p><w:r><mc:AlternateContent xmlns:mc=\"{Fallback}\"><mc:Choice xmlns:wps=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\" Requires=\"wps\"><w:drawing>"
            + $"<wp:inline xmlns:wp=\"{Drawing}/wordprocessingDrawing\"><a:graphic xmlns:a=\"{Drawing}/main\"><a:graphicData><wps:wsp><wps:txbx><w:txbxContent>{Paragraph("In a box")}"
            + "</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
            + $"<mc:Fallback><w:pict><w:txbxContent>{Paragraph("In a box")}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>";
        string inner =
            "<w:tbl><w:tr><w:tc>" + Paragraph("inner A") + "</w:tc><w:tc>" + Paragraph("inner B") + "</w:tc></w:tr></w:tbl><w:p/>";
        string body = "<w:tbl><w:tr><w:tc>" + Paragraph("before") + inner + "</w:tc><w:tc>" + box + "</w:tc></w:tr></w:tbl>"
            + """<w:p><w:moveFrom w:id="1" w:author="x"><w:r><w:t>Moved.</w:t></w:r></w:moveFrom><w:r><w:t>Stays.</w:t></w:r></w:p>"""
            + """<w:p><w:moveTo w:id="2" w:author="x"><w:r><w:t>Moved.</w:t></w:r></w:moveTo></w:p>"""
            + """<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Hidden. </w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>Shown.</w:t></w:r></w:p>"""
            + $"<w:p><w:r><w:t xml:space=\"preserve\">Area </w:t></w:r><m:oMath xmlns:m=\"{Formula}\"><m:r><m:t>x=42</m:t></m:r></m:oMath></w:p>"
            + """<w:p><w:r><w:t>Noted</w:t></w:r><w:r><w:endnoteReference w:id="2"/></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>"""
            + "<w:sdt><w:sdtContent>" + Paragraph("In a control") + "</w:sdtContent></w:sdt>"
            + """<w:p><w:pPr><w:bidi/></w:pPr><w:r><w:rPr><w:rtl/></w:rPr><w:t>يخضع هذا العقد لقوانين مصر</w:t></w:r></w:p>""";

        var document = await Given.ReadAsync(
            Of(body, footnotes: Footnotes, endnotes: Footnotes.Replace("footnote", "endnote").Replace("annex", "end")), "odd.docx");

        Given.AssertSound(document);
        Assert.Equal(
            """
            TableRow p- [] | before inner A inner B |  |
            Paragraph p- [] In a box
            Paragraph p- [] Stays.
            Paragraph p- [] Moved.
            Paragraph p- [] Shown.
            Paragraph p- [] Area x=42
            Paragraph p- [] Noted[^e2][^2]
            Footnote p- [] [^2]: See annex.
            Paragraph p- [] In a control
            Paragraph p- [] يخضع هذا العقد لقوانين مصر
            Footnote p- [] [^e2]: See end.
            """,
            Given.Outline(document));
    }

    [Fact]
    public async Task ReadAsync_ZipBomb_IsRefusedBeforeItUnfolds()
    {
        byte[] bomb = WithPart(Of(Paragraph("x")), "word/media/zeros.bin", entry =>
        {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 80; i++) entry.Write(zeros);
        });
        long before = GC.GetTotalAllocatedBytes();
        var error = await Given.FaultAsync(bomb, "bomb.docx", new DocumentLimits { MaxExpandedBytes = 64 << 20 });
        Assert.Equal(DocumentFault.TooLarge, error.Fault);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 16 << 20);
    }

    [Fact]
    public async Task ReadAsync_BillionLaughs_IsRefused()
    {
        string laughs = "<!DOCTYPE w [<!ENTITY a0 \"ha\">" + string.Concat(
            Enumerable.Range(1, 30).Select(i => $"<!ENTITY a{i} \"&a{i - 1};&a{i - 1};\">"))
            + $"]><w:document xmlns:w=\"{Namespace}\"><w:body><w:p><w:r><w:t>&a30;</w:t></w:r></w:p></w:body></w:document>";
        byte[] docx = WithPart(Of(Paragraph("x")), "word/document.xml", entry => entry.Write(Encoding.UTF8.GetBytes(laughs)));
        var error = await Given.FaultAsync(docx, "laughs.docx");
        Assert.Equal(DocumentFault.Corrupt, error.Fault);
        Assert.Contains("entities", error.Message);
    }

    [Fact]
    public async Task ReadAsync_TowerOfElements_IsRefused()
    {
        string tower = $"<w:document xmlns:w=\"{Namespace}\"><w:body>{Given.Repeat("<w:sdt><w:sdtContent>", 50_000)}{Given.Repeat("</w:sdtContent></w:sdt>", 50_000)}</w:body></w:document>";
        byte[] docx = WithPart(Of(Paragraph("x")), "word/document.xml", entry => entry.Write(Encoding.UTF8.GetBytes(tower)));
        Assert.Equal(DocumentFault.TooDeep, (await Given.FaultAsync(docx, "tower.docx")).Fault);

        // The package says which part is the document, whatever the part is called.
        byte[] renamed = Renamed(docx, "word/document.xml", "word/document.png");
        Assert.Equal(DocumentFault.TooDeep, (await Given.FaultAsync(renamed, "tower.docx")).Fault);
    }

    [Fact]
    public async Task ReadAsync_DamagedAnywhere_IsCorrectOrCorrupt()
    {
        byte[] sound = Of(
            Paragraph("Some text that is long enough to be compressed, again and again and again."), Numbering, Styles, Footnotes);
        var random = new Random(11);
        for (int i = 0; i < 150; i++)
        {
            byte[] damaged = [.. sound];
            for (int flips = 0; flips < 4; flips++) damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            if (i % 3 == 0) damaged = damaged[..random.Next(4, damaged.Length)];
            try
            {
                Given.AssertSound(await Given.ReadAsync(damaged, "damaged.docx"));
            }
            catch (DocumentException error)
            {
                Assert.True(error.Fault is DocumentFault.Corrupt or DocumentFault.Empty or DocumentFault.TooLarge, error.Message);
            }
        }
    }

    [Fact]
    public async Task ReadAsync_Encrypted_SaysSo()
    {
        byte[] compound = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[504], .. Encoding.Unicode.GetBytes("EncryptedPackage"), .. new byte[480]];
        Assert.Equal(DocumentFault.Encrypted, (await Given.FaultAsync(compound, "secret.docx")).Fault);
    }

    [Fact]
    public async Task ReadAsync_OtherArchivesAndNoArchive_AreCorrupt()
    {
        byte[] zip = WithPart([.. "PK\u0005\u0006"u8, .. new byte[18]], "a.txt", entry => entry.Write("hello"u8));
        Assert.Equal(DocumentFault.Corrupt, (await Given.FaultAsync(zip, "archive.docx")).Fault);
        Assert.Equal(DocumentFault.Corrupt, (await Given.FaultAsync("plain text", "text.docx")).Fault);
        Assert.Equal(DocumentFault.Empty, (await Given.FaultAsync(Of("<w:p/>"), "empty.docx")).Fault);
    }
}
