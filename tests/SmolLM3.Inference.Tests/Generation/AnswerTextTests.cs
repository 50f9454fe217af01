using SmolLM3.Inference.Generation;

namespace SmolLM3.Inference.Tests.Generation;

public sealed class AnswerTextTests
{
    /// <summary>However a text is cut into tokens, it ends before the first stop string, and nothing past that was released.</summary>
    [Fact]
    public void Append_RandomTextsAndStops_CutsBeforeTheFirstStop()
    {
        var random = new Random(1);
        for (var round = 0; round < 3000; round++)
        {
            string Letters(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => (char)('a' + random.Next(3))));
            var whole = Letters(random.Next(30));
            string[] stops = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Letters(random.Next(1, 5)))];
            var cut = stops.Select(stop => (At: whole.IndexOf(stop, StringComparison.Ordinal), stop.Length)).Where(stop => stop.At >= 0)
                .OrderBy(stop => stop.At + stop.Length).ThenBy(stop => stop.At).Select(stop => stop.At).FirstOrDefault(whole.Length);

            var text = new AnswerText(stops);
            var released = "";
            var stopped = false;
            for (var at = 0; at < whole.Length && !stopped;)
            {
                var next = Math.Min(whole.Length, at + random.Next(4));
                stopped = text.Append(whole[at..next]);
                at = next;
                released += text.Release(stopped);
                Assert.StartsWith(released, whole[..cut]);
            }
            released += text.Release(atEnd: true);
            Assert.Equal(stops.Any(whole.Contains), stopped);
            Assert.Equal(whole[..cut], released);
            Assert.Equal(whole[..cut], text.ToString());
        }
    }

    [Fact]
    public void Release_EndCouldBecomeAStop_IsHeldBack()
    {
        var text = new AnswerText(["\n\nEND"]);
        text.Append("answer\n\nE");
        Assert.Equal("answer", text.Release(atEnd: false));
        text.Append("very");
        Assert.Equal("\n\nEvery", text.Release(atEnd: false));
    }
}
