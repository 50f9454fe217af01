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
            TableRow p1 [2. Price] | A B | 1 |
            Paragraph p1 [2. Price] On page two
            Footnote p2 [2. Price] [^2]: See annex.
            """,
            Given.Outline(document));
        Assert.Equal(2, document.PageAt(document.Text.IndexOf("page two", StringComparison.Ordinal)));
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
        string laughs = "<!DOCTYPE w [<!ENTITY a0 \"ha\">" + string.Concat(Enumerable.Range(1, 30).Select(i => $"<!ENTITY a{i} \"&a{i - 1};&a{i - 1};\">"))
            + $"]><w:document xmlns:w=\"{Namespace}\"><w:body><w:p><w:r><w:t>&a30;</w:t></w:r></w:p></w:body></w:document>";
        byte[] docx = WithPart(Of(Paragraph("x")), "word/document.xml", entry => entry.Write(Encoding.UTF8.GetBytes(laughs)));
        Assert.Equal(DocumentFault.Corrupt, (await Given.FaultAsync(docx, "laughs.docx")).Fault);
    }

    [Fact]
    public async Task ReadAsync_TowerOfElements_IsRefused()
    {
        string tower = $"<w:document xmlns:w=\"{Namespace}\"><w:body>{Given.Repeat("<w:sdt><w:sdtContent>", 50_000)}{Given.Repeat("</w:sdtContent></w:sdt>", 50_000)}</w:body></w:document>";
        byte[] docx = WithPart(Of(Paragraph("x")), "word/document.xml", entry => entry.Write(Encoding.UTF8.GetBytes(tower)));
        Assert.Equal(DocumentFault.TooDeep, (await Given.FaultAsync(docx, "tower.docx")).Fault);
    }

    [Fact]
    public async Task ReadAsync_DamagedAnywhere_IsCorrectOrCorrupt()
    {
        byte[] sound = Of(Paragraph("Some text that is long enough to be compressed, again and again and again."), Numbering, Styles, Footnotes);
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
