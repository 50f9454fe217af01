using System.Diagnostics;
using System.Text;

namespace SmolLM3.Batch.Documents.Tests.Support;

internal static class Given
{
    public static Task<Document> ReadAsync(string text, string name, DocumentLimits? limits = null) =>
        ReadAsync(Encoding.UTF8.GetBytes(text), name, limits: limits);

    public static async Task<Document> ReadAsync(byte[] bytes, string name, string? contentType = null, DocumentLimits? limits = null)
    {
        using var stream = new MemoryStream(bytes);
        return await new DocumentReader(limits).ReadAsync(stream, name, contentType, TestContext.Current.CancellationToken);
    }

    /// <summary>The fault that reading ends in. It must come within ten seconds.</summary>
    public static async Task<DocumentException> FaultAsync(byte[] bytes, string name, DocumentLimits? limits = null)
    {
        var clock = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<DocumentException>(() => ReadAsync(bytes, name, limits: limits));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"It took {clock.Elapsed}.");
        Assert.Contains(name, error.Message);
        return error;
    }

    public static Task<DocumentException> FaultAsync(string text, string name, DocumentLimits? limits = null) =>
        FaultAsync(Encoding.UTF8.GetBytes(text), name, limits);

    public static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();

    /// <summary>Blocks one a line: kind, level, page, heading path, text.</summary>
    public static string Outline(Document document) => string.Join('\n', document.Blocks.Select(block =>
        $"{block.Kind}{(block.Level > 0 ? block.Level : "")} p{document.PageAt(block.Start)?.ToString() ?? "-"} [{string.Join(" > ", block.HeadingPath)}] {document.TextOf(block).ToString().Replace("\n", "⏎")}"));

    /// <summary>What holds for every document.</summary>
    public static void AssertSound(Document document)
    {
        int end = 0;
        int page = 0;
        for (int i = 0; i < document.Blocks.Count; i++)
        {
            var block = document.Blocks[i];
            Assert.Equal(i, block.Index);
            Assert.True(
                block.Start >= end && block.Length > 0 && block.End <= document.Text.Length,
                $"Block {i} stands at {block.Start} to {block.End}, behind {end}.");
            Assert.False(document.TextOf(block).IsWhiteSpace());
            Assert.Same(block, document.BlockAt(block.Start));
            Assert.Same(block, document.BlockAt(block.End - 1));
            Assert.Equal(block.HeadingPath, document.HeadingPathAt(block.Start));
            if (document.PageCount is { } pages)
            {
                int here = document.PageAt(block.Start)!.Value;
                Assert.InRange(here, Math.Max(1, page), pages);
                page = here;
            }
            else
            {
                Assert.Null(document.PageAt(block.Start));
            }

            end = block.End;
        }
    }
}
