using FsCheck.Fluent;
using SmolLM3.Batch.Documents.Tests.Support;
using SmolLM3.Batch.Documents.Text;
using SmolLM3.Batch.Testing;

namespace SmolLM3.Batch.Documents.Tests;

public class DocumentPropertyTests
{
    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.md")]
    [InlineData("a.html")]
    public void ReadAsync_AnyText_GivesSoundBlocksOrNoText(string name) => Pieced.Check(
        Prop.ForAll(Pieced.AnyText, async pieces =>
        {
            if (await TryReadAsync(string.Concat(pieces), name) is { } document) Given.AssertSound(document);
        }),
        tests: 300);

    /// <summary>Text and Markdown stand as they were written; in plain text only space lies between the blocks.</summary>
    [Fact]
    public void ReadAsync_AnyText_SplitsAndJoinsBackToItself() => Pieced.Check(
        Prop.ForAll(Pieced.AnyText, async pieces =>
        {
            string text = Scalars(string.Concat(pieces)).TrimStart('\uFEFF');
            foreach (string name in new[] { "a.txt", "a.md" })
            {
                if (await TryReadAsync(text, name) is not { } document) continue;
                Assert.Equal(TextDecoder.Normalize(text), document.Text);
                string joined = string.Concat(document.Blocks.Select((block, i) =>
                    document.Text[(i == 0 ? 0 : document.Blocks[i - 1].End)..block.Start] + document.TextOf(block)
                        .ToString())) + document.Text[document.Blocks[^1].End..];
                Assert.Equal(document.Text, joined);
                if (name == "a.md") continue;
                string blocks = string.Concat(document.Blocks.Select(block => document.TextOf(block).ToString()));
                Assert.Equal(WithoutSpace(document.Text), WithoutSpace(blocks));
            }
        }),
        tests: 300);

    [Fact]
    public void ReadAsync_AnyEncoding_GivesTheText() => Pieced.Check(Prop.ForAll(Pieced.AnyText, async pieces =>
    {
        string text = "The text begins here. " + Scalars(string.Concat(pieces)).Replace("\0", "");
        foreach (string encoding in new[] { "utf-8", "utf-16", "utf-16BE", "utf-32" })
        {
            var code = System.Text.Encoding.GetEncoding(encoding);
            var document = await Given.ReadAsync([.. code.GetPreamble(), .. code.GetBytes(text)], "a.txt");
            Assert.Equal(TextDecoder.Normalize(text), document.Text);
        }
    }));

    private static async Task<Document?> TryReadAsync(string text, string name)
    {
        try
        {
            return await Given.ReadAsync(text, name);
        }
        catch (DocumentException error) when (error.Fault is DocumentFault.Empty or DocumentFault.Corrupt)
        {
            // A text of mere marks has no words; one of mere control characters is no text.
            return null;
        }
    }

    /// <summary>A lone surrogate cannot be written in any encoding.</summary>
    private static string Scalars(string text) => string.Concat(text.EnumerateRunes());

    private static string WithoutSpace(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
