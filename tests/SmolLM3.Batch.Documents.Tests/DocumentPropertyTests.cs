using System.Text;
using SmolLM3.Batch.Documents.Tests.Support;

namespace SmolLM3.Batch.Documents.Tests;

public class DocumentPropertyTests
{
    private static readonly string[] Pieces =
    [
        "word ", "Word ", "\n", "\n\n", "\r\n", "# ", "## ", "- ", "1. ", "(a) ", "> ", "| a | b |\n", "|-|-|\n", "```\n", "`x`", "*b*", "**", "[l](u)", "[^1]", "[^1]: note\n",
        "    ", "\t", "<p>", "</p>", "<ul><li>", "</ul>", "<table><tr><td>", "</td></tr></table>", "<!-- c -->", "<script>x</script>", "&amp;", "\f", "ARTICLE IV\n", "=====\n", "---\n",
        "é", "日本", "😀", "\u2028", "\0", "\\", "<", "$", "<h2>", "</h2>", "<pre>", "<br>", "<b>", "</b>",
    ];

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.md")]
    [InlineData("a.html")]
    public async Task ReadAsync_RandomMarkup_GivesSoundBlocksOrNoText(string name)
    {
        var random = new Random(1234);
        for (int i = 0; i < 400; i++)
        {
            var text = new StringBuilder();
            for (int n = random.Next(1, 120); n > 0; n--) text.Append(Pieces[random.Next(Pieces.Length)]);
            try
            {
                Given.AssertSound(await Given.ReadAsync(text.ToString(), name));
            }
            catch (DocumentException error)
            {
                Assert.True(error.Fault == DocumentFault.Empty, $"{error.Message}\n{text}");
            }
        }
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.md")]
    public async Task ReadAsync_TextAndMarkdown_LoseNoWord(string name)
    {
        var random = new Random(99);
        for (int i = 0; i < 200; i++)
        {
            var words = Enumerable.Range(0, random.Next(1, 60)).Select(n => $"w{n}x").ToList();
            string text = string.Concat(words.Select(word => word + (random.Next(4) == 0 ? "\n\n" : random.Next(4) == 0 ? "\n" : " ")));
            var document = await Given.ReadAsync(text, name);
            string read = string.Join(' ', document.Blocks.Select(block => document.TextOf(block).ToString()));
            Assert.Equal(words, read.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }
    }
}
