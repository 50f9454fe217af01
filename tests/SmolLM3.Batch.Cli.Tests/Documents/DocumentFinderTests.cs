using SmolLM3.Batch.Cli.Documents;

namespace SmolLM3.Batch.Cli.Tests.Documents;

public sealed class DocumentFinderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--out", "no option --out")]
    [InlineData("nosuch.txt", "no file or folder nosuch.txt")]
    public void Find_WhatIsNotThere_SaysWhatItWasTakenFor(string argument, string expected)
        => Assert.Contains(expected, Assert.Throws<CliException>(() => DocumentFinder.Find([argument])).Message);

    [Fact]
    public void Find_Folder_KeepsPathsAndPairsSidecars()
    {
        _folder.Write("translate/avis.md", "a");
        var sidecar = _folder.Write("translate/avis.md.job.json", "{}");
        _folder.Write("summarize/b.txt", "b");
        _folder.Write(".hidden/c.txt", "c");
        _folder.Write(".DS_Store", "d");

        var found = DocumentFinder.Find([_folder.Path]);

        Assert.Equal(["summarize/b.txt", "translate/avis.md"], found.Select(document => document.Name));
        Assert.Equal([null, sidecar], found.Select(document => document.Sidecar));
    }

    [Fact]
    public void Find_FilesOfAGlob_PairsTheSidecarWithItsDocument()
    {
        var document = _folder.Write("nda.txt", "a");
        var sidecar = _folder.Write("nda.txt.job.json", "{}");

        var found = Assert.Single(DocumentFinder.Find([document, sidecar]));

        Assert.Equal(document, found.Path);
        Assert.Equal(sidecar, found.Sidecar);
    }

    [Fact]
    public void Find_SidecarWithoutItsDocument_SaysWhatItNeeds()
    {
        var sidecar = _folder.Write("nda.txt.job.json", "{}");

        var error = Assert.Throws<CliException>(() => DocumentFinder.Find([sidecar]));

        Assert.Contains("is a sidecar, and its document, nda.txt, is not beside it", error.Message);
    }

    [Fact]
    public void Find_TaskFolderOrFileInIt_KeepsTheTaskInTheName()
    {
        var file = _folder.Write("contract-analysis/nda.txt", "a");

        Assert.Equal("contract-analysis/nda.txt", Assert.Single(DocumentFinder.Find([file])).Name);
        Assert.Equal("contract-analysis/nda.txt", Assert.Single(DocumentFinder.Find([Path.GetDirectoryName(file)!])).Name);
    }

    [Fact]
    public void Find_SameNameInTwoFolders_GivesTwoNames()
    {
        var one = _folder.Write("a/report.pdf", "a");
        var two = _folder.Write("b/report.pdf", "b");

        Assert.Equal(["report.pdf", "report-2.pdf"], DocumentFinder.Find([one, two]).Select(document => document.Name));
    }

    [Fact]
    public void Find_SameFileTwice_IsOneDocument()
    {
        var file = _folder.Write("a/report.pdf", "a");

        Assert.Single(DocumentFinder.Find([file, file]));
    }

    [Fact]
    public void Find_NothingThere_SaysWhatIsMissing()
    {
        Assert.Contains("no-such-file", Assert.Throws<CliException>(() => DocumentFinder.Find(["no-such-file"])).Message);
        Assert.Contains("no document", Assert.Throws<CliException>(() => DocumentFinder.Find([_folder.Path])).Message);
    }
}
