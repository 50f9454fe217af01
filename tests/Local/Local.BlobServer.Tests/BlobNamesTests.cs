using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Tests;

public sealed class BlobNamesTests
{
    [Theory]
    [InlineData("summarize/report.pdf", "summarize/report.pdf")]
    [InlineData("naïve 合同.md", "naïve 合同.md")]
    [InlineData("../../etc/passwd", "%2E%2E/%2E%2E/etc/passwd")]
    [InlineData(".meta/lock", "%2Emeta/lock")]
    [InlineData("a//b/", "a/%-/b/%-")]
    [InlineData("/absolute", "%-/absolute")]
    [InlineData("C:\\x", "C%3A%5Cx")]
    [InlineData("50%", "50%25")]
    [InlineData("end ", "end%20")]
    [InlineData("tab\there", "tab%09here")]
    public void ToPath_AwkwardName_GivesAPlainPath(string name, string path)
    {
        Assert.Equal(path, BlobNames.ToPath(name));
        Assert.Equal(name, BlobNames.FromPath(path));
    }

    [Fact]
    public void ToPath_AnyName_ComesBackAndStaysInside()
    {
        const string alphabet = "ab./\\%-: ~\u0001é🦙*?\"";
        var random = new Random(20250101);
        var seen = new Dictionary<string, string>();
        for (int i = 0; i < 20_000; i++)
        {
            string name = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            string path = BlobNames.ToPath(name)!;

            Assert.Equal(name, BlobNames.FromPath(path));
            Assert.Equal(name, seen.TryGetValue(path, out string? other) ? other : seen[path] = name);
            Assert.StartsWith("/root/documents/", Path.GetFullPath(Path.Combine("/root/documents", path)));
            Assert.DoesNotContain(path.Split('/'), segment => segment.Length == 0 || segment[0] == '.');
        }
    }

    [Theory]
    [InlineData(".hidden")]
    [InlineData("a/.git/config")]
    [InlineData("50%")]
    [InlineData("a%2fb")]
    [InlineData("a%41")]
    public void FromPath_PathThatNoNameHas_IsNull(string path) => Assert.Null(BlobNames.FromPath(path));

    [Theory]
    [InlineData("documents", true)]
    [InlineData("a-b-1", true)]
    [InlineData("$root", true)]
    [InlineData("ab", false)]
    [InlineData("Documents", false)]
    [InlineData("a--b", false)]
    [InlineData("-ab", false)]
    [InlineData(".meta", false)]
    [InlineData("..", false)]
    public void IsContainerName_KnowsTheRules(string name, bool valid) => Assert.Equal(valid, BlobNames.IsContainerName(name));
}
