using System.Text;
using SmolLM3.Batch.Documents.Tests.Support;

namespace SmolLM3.Batch.Documents.Tests.Text;

public class TextDecoderTests
{
    private const string Sample = "Die Käuferin zahlt 1.000 € “binnen” 30 Tagen.\n\nÜbergabe: façade, niño, água.";

    static TextDecoderTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16BE", false)]
    [InlineData("utf-32", true)]
    [InlineData("utf-32BE", true)]
    [InlineData("windows-1252", false)]
    public async Task ReadAsync_AnyCommonEncoding_GivesTheText(string encoding, bool mark)
    {
        var code = Encoding.GetEncoding(encoding);
        byte[] bytes = [.. mark ? code.GetPreamble() : [], .. code.GetBytes(Sample)];

        var document = await Given.ReadAsync(bytes, "brief.txt");

        Assert.Equal(Sample, document.Text);
        Assert.Equal(2, document.Blocks.Count);
    }

    [Theory]
    [InlineData("Настоящий договор регулируется правом России. Поставщик обязан поставить товар.")]
    [InlineData("يخضع هذا العقد لقوانين جمهورية مصر العربية.")]
    [InlineData("יחולו על הסכם זה דיני מדינת ישראל בלבד.")]
    [InlineData("本合同受中华人民共和国法律管辖。供应商应当交付货物。")]
    [InlineData("Yes 😀 – “quoted”, and soft\u00ADly.")]
    public async Task ReadAsync_Utf16WithoutMark_GivesTheTextInAnyScript(string text)
    {
        foreach (string encoding in new[] { "utf-16", "utf-16BE" })
        {
            var document = await Given.ReadAsync(Encoding.GetEncoding(encoding).GetBytes(text), "a.txt");
            Assert.Equal(text, document.Text);
            Assert.Equal(BlockKind.Paragraph, document.Blocks[0].Kind);
            Assert.Empty(document.Warnings);
        }
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.md")]
    [InlineData("a.html")]
    public async Task ReadAsync_EncodingGuessed_IsToldToTheReader(string name)
    {
        var document = await Given.ReadAsync(Encoding.GetEncoding("iso-8859-2").GetBytes("Umowa sprzedaży: żółć, łąka, źdźbło"), name);
        Assert.Contains("Windows-1252", Assert.Single(document.Warnings));
        Assert.Empty((await Given.ReadAsync("Umowa sprzedaży", name)).Warnings);
    }

    [Fact]
    public async Task ReadAsync_RichText_IsRefusedByName()
    {
        var error = await Given.FaultAsync(@"{\rtf1\ansi Hello}", "letter.txt");
        Assert.Equal(DocumentFault.Unsupported, error.Fault);
        Assert.Contains(".docx", error.Message);
    }

    [Fact]
    public async Task ReadAsync_DeclaredCharset_IsBelieved()
    {
        string text = "契約書 第一条 目的";
        var document = await Given.ReadAsync(
            Encoding.GetEncoding("shift_jis").GetBytes(text), "keiyaku.txt", "text/plain; charset=shift_jis");
        Assert.Equal(text, document.Text);
    }

    [Fact]
    public async Task ReadAsync_UnknownCharset_NamesIt()
    {
        var error = await Assert.ThrowsAsync<DocumentException>(
            () => Given.ReadAsync("abc"u8.ToArray(), "a.txt", "text/plain; charset=klingon"));
        Assert.Equal(DocumentFault.Unsupported, error.Fault);
        Assert.Contains("klingon", error.Message);
    }

    [Fact]
    public async Task ReadAsync_WindowsAndOldMacLineEnds_BecomeLineFeeds()
    {
        var document = await Given.ReadAsync("one\r\n\r\ntwo\r\rthree", "a.txt");
        Assert.Equal("one\n\ntwo\n\nthree", document.Text);
        Assert.Equal(3, document.Blocks.Count);
    }

    [Theory]
    [InlineData("junk.md")]
    [InlineData("junk.txt")]
    [InlineData("junk.html")]
    public async Task ReadAsync_BinaryJunk_IsCorrupt(string name)
    {
        byte[] junk = new byte[50_000];
        new Random(5).NextBytes(junk);
        var error = await Given.FaultAsync(junk, name);
        Assert.Equal(DocumentFault.Corrupt, error.Fault);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t\n ")]
    public async Task ReadAsync_NoText_IsEmpty(string text)
    {
        foreach (string name in new[] { "a.txt", "a.md", "a.html" })
            Assert.Equal(DocumentFault.Empty, (await Given.FaultAsync(text, name)).Fault);
    }

    [Fact]
    public async Task ReadAsync_TooManyBytes_StopsReading()
    {
        using var endless = new EndlessStream();
        var error = await Assert.ThrowsAsync<DocumentException>(
            () => new DocumentReader(new DocumentLimits { MaxBytes = 1 << 20 }).ReadAsync(endless, "big.txt"));
        Assert.Equal(DocumentFault.TooLarge, error.Fault);
        Assert.InRange(endless.Served, 1 << 20, 2 << 20);
    }

    [Fact]
    public async Task ReadAsync_TooManyCharacters_IsTooLarge()
    {
        var error = await Given.FaultAsync(new string('a', 5_000), "big.md", new DocumentLimits { MaxCharacters = 1_000 });
        Assert.Equal(DocumentFault.TooLarge, error.Fault);
        Assert.Contains("1,000", error.Message);
    }

    [Theory]
    [InlineData("sheet.xlsx", "PK\u0003\u0004")]
    [InlineData("movie.mkv", "abc")]
    public async Task ReadAsync_UnknownFormat_IsRefused(string name, string content)
    {
        var error = await Given.FaultAsync(content, name);
        Assert.True(error.Fault is DocumentFault.Unsupported or DocumentFault.Corrupt);
    }

    private sealed class EndlessStream : MemoryStream
    {
        public long Served { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'a');
            Served += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
