using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Cli.Planning;

/// <summary>The documents of a plan: all alike in the estimate, scattered around the mean in the simulation.</summary>
/// <param name="Documents">How many.</param>
/// <param name="PagesPerDocument">On average.</param>
/// <param name="TokensPerPage">English business prose has about 500 words, 650 tokens, a page.</param>
/// <param name="Sequences">Sequences that one document's task decodes side by side, over one shared prefix.</param>
/// <param name="OutputTokens">Generated tokens of a document, all sequences together.</param>
internal sealed record Workload(int Documents, double PagesPerDocument, double TokensPerPage, int Sequences, double OutputTokens)
{
    // Prompts of one document are instructions, schema and question groups; measured on the built-in tasks to the nearest hundred.
    private const double InstructionTokens = 800;

    // What the tasks leave of the context for one question and its answer.
    private const double QuestionAndAnswerTokens = 6144;

    /// <summary>Parts that a document is read in, one after the other: more than one where it is longer than the context.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>Whether every part is asked anew, as by an analysis, or output grows with the text alone, as in a translation.</summary>
    public bool AsksEveryPart { get; init; } = true;

    /// <summary>Of one part.</summary>
    public double PromptTokens => (PagesPerDocument * TokensPerPage / Parts) + InstructionTokens;

    public double Pages => Documents * PagesPerDocument;

    /// <summary>What the built-in tasks ask of a document of this length.</summary>
    public static Workload Of(string task, int documents, double pages, double tokensPerPage) => task switch
    {
        TaskTypes.ContractAnalysis => new(documents, pages, tokensPerPage, Sequences: 8, OutputTokens: 2_400),
        TaskTypes.Summarize => new(documents, pages, tokensPerPage, Sequences: 1, OutputTokens: 600),
        TaskTypes.Translate => new(
            documents, pages, tokensPerPage, Sequences: (int)Math.Clamp(pages, 1, 64),
            OutputTokens: pages * tokensPerPage * 1.25) { AsksEveryPart = false },
        TaskTypes.Prompt => new(documents, pages, tokensPerPage, Sequences: 1, OutputTokens: 500),
        _ => throw new CliException($"There is no task '{task}'. The tasks are {string.Join(", ", TaskTypes.All)}."),
    };

    /// <summary>The same documents, read in as many parts as a context asks for.</summary>
    public Workload CutTo(double contextTokens)
    {
        var room = contextTokens - QuestionAndAnswerTokens - InstructionTokens;
        var parts = room <= 0 ? 1 : (int)Math.Max(1, Math.Ceiling(PagesPerDocument * TokensPerPage / room));
        return this with { Parts = parts, OutputTokens = AsksEveryPart ? OutputTokens * parts : OutputTokens };
    }
}
