using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Tasks.Planning;

/// <summary>A document's chunks with their prompt prefixes, for one model.</summary>
internal sealed class DocumentPlan
{
    private readonly string[] _prefixes;

    private DocumentPlan(IReadOnlyList<Chunk> chunks, string[] prefixes, ContextBudget budget)
    {
        Chunks = chunks;
        _prefixes = prefixes;
        Budget = budget;
    }

    public IReadOnlyList<Chunk> Chunks { get; }

    public ContextBudget Budget { get; }

    /// <summary>Share of the document's characters that the chunks show.</summary>
    public double Coverage(Document document) => (double)Chunks.Sum(chunk => chunk.End - chunk.Start) / document.Text.Length;

    /// <summary>Asks <paramref name="question"/> about <paramref name="chunk"/>.</summary>
    public ChatMessage[] Ask(Chunk chunk, string question) => DocumentPrompt.Messages(_prefixes[chunk.Index], question);

    /// <summary>Plans with the reserve that all tasks share, or a larger one for a question or an answer that needs it.</summary>
    public static DocumentPlan Create(Document document, ILanguageModel model, int extraReserve = 0)
    {
        var budget = new ContextBudget(model.Info);
        int available = budget.Prefix - extraReserve;
        string frame = DocumentPrompt.Prefix(
            document, new Chunk(1, document.Text.Length, document.Text.Length, document.Text.Length), 1_000);
        int overhead = model.CountPromptTokens(DocumentPrompt.Messages(frame, "")) + LongestPath(document, model);
        int room = available - overhead;
        if (room < 128)
        {
            throw new InvalidOperationException(
                $"The instructions leave no room for the document in a context of {budget.Context:N0} tokens. Shorten them, ask for a shorter answer, "
                + "or use a model with a longer context.");
        }

        // Counting pieces one by one can differ from counting the prompt as a whole; a plan that comes out too long is made again, tighter.
        for (; room >= 128; room = room * 9 / 10)
        {
            var chunks = ChunkPlanner.Plan(document, model, room, Math.Min(budget.Overlap, room / 4));
            string[] prefixes = [.. chunks.Select(chunk => DocumentPrompt.Prefix(document, chunk, chunks.Count))];
            if (prefixes.All(prefix => model.CountPromptTokens(DocumentPrompt.Messages(prefix, "")) <= available))
            {
                return new DocumentPlan(chunks, prefixes, budget);
            }
        }

        throw new InvalidOperationException(
            $"The document cannot be cut to fit a context of {budget.Context:N0} tokens. Use a model with a longer context.");
    }

    private static int LongestPath(Document document, ILanguageModel model) => document.Blocks
        .Where(block => block.Kind == BlockKind.Heading)
        .Select(block => model.CountTokens(string.Join(" > ", block.HeadingPath)))
        .DefaultIfEmpty(0)
        .Max();
}
