using System.Text;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Tasks.Planning;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests.Planning;

public class ChunkPlannerTests
{
    private static readonly FakeModel Model = new(_ => "");

    [Fact]
    public async Task Plan_LongDocument_CutsBeforeHeadingsAndRepeatsALittle()
    {
        var text = new StringBuilder();
        for (int section = 1; section <= 12; section++)
        {
            text.Append($"# Section {section}\n\n");
            for (int i = 0; i < 5; i++) text.Append("Some sentence about the matter at hand that fills a line or so of text.\n\n");
        }

        var document = await Given.DocumentAsync(text.ToString());
        var chunks = ChunkPlanner.Plan(document, Model, 400, 30);

        Assert.True(chunks.Count > 2);
        Assert.All(chunks, chunk => Assert.Equal(BlockKind.Heading, document.BlockAt(chunk.Start).Kind));
        Assert.All(chunks.Skip(1), chunk => Assert.True(chunk.ReadFrom < chunk.Start));
    }

    [Fact]
    public async Task Plan_OneEndlessWord_IsCutAnyway()
    {
        var document = await Given.DocumentAsync(new string('x', 5_000) + string.Concat(Enumerable.Repeat("😀", 500)), "a.txt");
        var chunks = ChunkPlanner.Plan(document, Model, 100, 10);
        Assert.Equal(document.Text, string.Concat(chunks.Select(chunk => document.Text[chunk.Start..chunk.End])));
    }

    [Fact]
    public async Task Create_AnyContext_LeavesRoomForQuestionAndAnswer()
    {
        var document = await Given.DocumentAsync(string.Concat(Enumerable.Repeat(Samples.Agreement + "\n\n", 20)));
        foreach (int context in new[] { 1024, 2048, 4096, 8192, 65_536, 262_144 })
        {
            var model = new FakeModel(_ => "", context);
            var plan = DocumentPlan.Create(document, model);
            Assert.Equal(1.0, plan.Coverage(document));
            foreach (var chunk in plan.Chunks)
            {
                int tokens = model.CountPromptTokens(plan.Ask(chunk, ""));
                Assert.True(tokens + plan.Budget.Question + plan.Budget.Answer <= context);
            }
        }
    }
}
