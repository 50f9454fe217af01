using SmolLM3.Batch.Documents.Tests.Support;

namespace SmolLM3.Batch.Documents.Tests.Pdf;

public class PdfReaderTests
{
    [Fact]
    public async Task ReadAsync_ThreePages_KnowsThePageOfEveryCharacter()
    {
        NeedPdfToText();
        byte[] pdf = PdfFile.Of(
            ["SERVICES AGREEMENT", "", "This agreement is made between", "Alpha and Beta."],
            ["1. Term", "", "It lasts two years."],
            ["2. Law", "", "Italian law applies."]);

        var document = await Given.ReadAsync(pdf, "agreement.pdf");

        Given.AssertSound(document);
        Assert.Equal(SourceFormat.Pdf, document.Format);
        Assert.Equal(3, document.PageCount);
        Assert.Equal(1, document.PageAt(document.Text.IndexOf("Alpha", StringComparison.Ordinal)));
        Assert.Equal(2, document.PageAt(document.Text.IndexOf("two years", StringComparison.Ordinal)));
        Assert.Equal(3, document.PageAt(document.Text.IndexOf("Italian", StringComparison.Ordinal)));
        Assert.Contains("2. Law", document.HeadingPathAt(document.Text.IndexOf("Italian", StringComparison.Ordinal)));
        Assert.Empty(document.Warnings);
    }

    [Fact]
    public async Task ReadAsync_TwoColumns_AreReadOneAfterTheOther()
    {
        NeedPdfToText();
        string[] left = [.. Enumerable.Range(1, 12).Select(i => $"left line {i} of the clause on delivery")];
        string[] right = [.. Enumerable.Range(1, 12).Select(i => $"right line {i} of the clause on price")];

        var document = await Given.ReadAsync(PdfFile.Columns(left, right), "columns.pdf");

        Given.AssertSound(document);
        Assert.Equal(left.Concat(right), document.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task ReadAsync_Bomb_IsRefusedInTimeAndInAProcessOfItsOwn()
    {
        NeedPdfToText();
        byte[] bomb = PdfFile.Bomb(megabytes: 96);
        Assert.InRange(bomb.Length, 0, 100_000);
        long before = GC.GetTotalAllocatedBytes();
        var error = await Given.FaultAsync(
            bomb, "bomb.pdf", new DocumentLimits { MaxToolMemory = 200 << 20, Timeout = TimeSpan.FromSeconds(5), MaxCharacters = 100_000 });
        Assert.True(error.Fault is DocumentFault.TooLarge or DocumentFault.TooSlow, error.Message);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 << 20);
    }

    [Fact]
    public async Task ReadAsync_SomePagesWithoutText_WarnsOfThem()
    {
        NeedPdfToText();
        var document = await Given.ReadAsync(PdfFile.Of(["Words."], [], ["More words."]), "mixed.pdf");
        Assert.Contains("1 of 3 pages", Assert.Single(document.Warnings));
        Assert.Equal(3, document.PageAt(document.Text.IndexOf("More", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ReadAsync_NoTextAtAll_IsImageOnly()
    {
        NeedPdfToText();
        var error = await Given.FaultAsync(PdfFile.Of([], []), "scan.pdf");
        Assert.Equal(DocumentFault.ImageOnly, error.Fault);
        Assert.Contains("OCR", error.Message);
    }

    [Fact]
    public async Task ReadAsync_Encrypted_SaysSo()
    {
        NeedPdfToText();
        var error = await Given.FaultAsync(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "encrypted.pdf")), "encrypted.pdf");
        Assert.Equal(DocumentFault.Encrypted, error.Fault);
    }

    [Fact]
    public async Task ReadAsync_Damaged_IsCorrectOrAClearFault()
    {
        NeedPdfToText();
        byte[] sound = PdfFile.Of(["Some words."], ["More words."]);
        var random = new Random(3);
        for (int i = 0; i < 12; i++)
        {
            byte[] damaged = sound[..random.Next(10, sound.Length)];
            for (int flips = 0; flips < 8; flips++) damaged[random.Next(8, damaged.Length)] ^= 0x11;
            try
            {
                Given.AssertSound(await Given.ReadAsync(damaged, "damaged.pdf"));
            }
            catch (DocumentException error)
            {
                Assert.True(error.Fault is DocumentFault.Corrupt or DocumentFault.ImageOnly, error.Message);
            }
        }
    }

    [Fact]
    public async Task ReadAsync_NamedPdfButIsNot_IsCorrupt()
    {
        Assert.Equal(DocumentFault.Corrupt, (await Given.FaultAsync("Just text.", "letter.pdf")).Fault);
    }

    [Fact]
    public async Task ReadAsync_ToolMissing_SaysHowToInstallIt()
    {
        var error = await Given.FaultAsync(PdfFile.Of(["a"]), "a.pdf", new DocumentLimits { PdfToText = "no-such-pdftotext" });
        Assert.Equal(DocumentFault.ToolMissing, error.Fault);
        Assert.Contains("apt-get install poppler-utils", error.Message);
    }

    [Fact]
    public async Task ReadAsync_ToolHangs_IsKilledInTime()
    {
        using var tool = new FakeTool("sleep 600");
        var error = await Given.FaultAsync(
            PdfFile.Of(["a"]), "a.pdf", new DocumentLimits { PdfToText = tool.Path, Timeout = TimeSpan.FromMilliseconds(700) });
        Assert.Equal(DocumentFault.TooSlow, error.Fault);
    }

    [Fact]
    public async Task ReadAsync_ToolWritesWithoutEnd_IsCutOff()
    {
        using var tool = new FakeTool("yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        var error = await Given.FaultAsync(
            PdfFile.Of(["a"]), "a.pdf", new DocumentLimits { PdfToText = tool.Path, MaxCharacters = 100_000 });
        Assert.Equal(DocumentFault.TooLarge, error.Fault);
    }

    [Fact]
    public async Task ReadAsync_ToolComplainsWithoutEnd_IsCutOff()
    {
        using var tool = new FakeTool("yes complaint >&2");
        var error = await Given.FaultAsync(
            PdfFile.Of(["a"]), "a.pdf", new DocumentLimits { PdfToText = tool.Path, Timeout = TimeSpan.FromMilliseconds(700) });
        Assert.Equal(DocumentFault.TooSlow, error.Fault);
    }

    private static void NeedPdfToText()
    {
        bool found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, "pdftotext")));
        Assert.SkipUnless(found, "pdftotext is not installed (apt-get install poppler-utils).");
    }

    /// <summary>A shell script in place of pdftotext.</summary>
    private sealed class FakeTool : IDisposable
    {
        public FakeTool(string command)
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "The stand-in for pdftotext is a shell script.");
            Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName());
            File.WriteAllText(Path, $"#!/bin/sh\nexec {command}\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        public string Path { get; }

        public void Dispose() => File.Delete(Path);
    }
}
