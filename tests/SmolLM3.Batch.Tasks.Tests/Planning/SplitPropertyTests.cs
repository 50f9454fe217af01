using FsCheck.Fluent;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Tasks.Planning;
using SmolLM3.Batch.Tasks.Tests.Support;
using SmolLM3.Batch.Testing;

namespace SmolLM3.Batch.Tasks.Tests.Planning;

public class SplitPropertyTests
{
    private static readonly FakeModel Model = new(_ => "");

    [Fact]
    public void Plan_AnyText_SplitsAndJoinsBackToItself() => Pieced.Check(
        Prop.ForAll(Pieced.AnyText, Gen.Choose(64, 300).ToArbitrary(), Gen.Choose(0, 60).ToArbitrary(), (pieces, most, overlap) =>
        {
            if (Given.AnyDocument(string.Concat(pieces)) is not { } document) return;
            var chunks = ChunkPlanner.Plan(document, Model, most, Math.Min(overlap, most / 4));
            Assert.Equal(document.Text, string.Concat(chunks.Select(chunk => document.Text[chunk.Start..chunk.End])));
            Assert.Equal(Enumerable.Range(0, chunks.Count), chunks.Select(chunk => chunk.Index));
            foreach (var chunk in chunks)
            {
                Assert.InRange(chunk.ReadFrom, 0, chunk.Start);
                Assert.True(Model.CountTokens(document.Text.AsSpan(chunk.ReadFrom, chunk.End - chunk.ReadFrom)) <= most);
                Assert.False(CutsACharacter(document.Text, chunk.Start));
            }
        }),
        tests: 200,
        size: 200);

    [Fact]
    public void Split_AnyTextAtAnySize_SplitsAndJoinsBackToItself() => Pieced.Check(
        Prop.ForAll(Pieced.AnyText, Gen.Choose(1, 40).ToArbitrary(), (pieces, most) =>
        {
            string text = string.Concat(pieces);
            var parts = TextSplitter.Split(text, 0, text.Length, most, (start, end) => end - start).ToList();
            Assert.Equal(text, string.Concat(parts.Select(part => text[part.Start..part.End])));
            Assert.All(parts, part => Assert.False(CutsACharacter(text, part.Start)));
        }),
        tests: 300);

    /// <summary>What the prompts show of the parts, put together, is all of the document's words in order.</summary>
    [Fact]
    public void Ask_AnyText_ShowsEveryWordOfEveryPart() => Pieced.Check(
        Prop.ForAll(Pieced.AnyText, pieces =>
        {
            if (Given.AnyDocument(string.Concat(pieces)) is not { } document) return;
            var model = new FakeModel(_ => "", 1024);
            var plan = DocumentPlan.Create(document, model);
            Assert.Equal(1.0, plan.Coverage(document));
            foreach (var chunk in plan.Chunks)
            {
                string shown = Solid(plan.Ask(chunk, "")[1].Content);
                foreach (var block in document.Blocks.Where(block => block.Start < chunk.End && block.End > chunk.Start))
                {
                    string text = document.Text[Math.Max(block.Start, chunk.ReadFrom)..Math.Min(block.End, chunk.End)];
                    Assert.Contains(Solid(Defused.Text(text)), shown, StringComparison.Ordinal);
                }
            }
        }),
        size: 300);

    private static bool CutsACharacter(string text, int at) =>
        at > 0 && at < text.Length && char.IsLowSurrogate(text[at]) && char.IsHighSurrogate(text[at - 1]);

    private static string Solid(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
