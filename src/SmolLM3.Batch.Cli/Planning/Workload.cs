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

    public double PromptTokens => (PagesPerDocument * TokensPerPage) + InstructionTokens;

    public double Pages => Documents * PagesPerDocument;

    /// <summary>What the built-in tasks ask of a document of this length.</summary>
    public static Workload Of(string task, int documents, double pages, double tokensPerPage) => task switch
    {
        TaskTypes.ContractAnalysis => new(documents, pages, tokensPerPage, Sequences: 8, OutputTokens: 2_400),
        TaskTypes.Summarize => new(documents, pages, tokensPerPage, Sequences: 1, OutputTokens: 600),
        TaskTypes.Translate => new(documents, pages, tokensPerPage, Sequences: (int)Math.Clamp(pages, 1, 64), OutputTokens: pages * tokensPerPage * 1.25),
        TaskTypes.Prompt => new(documents, pages, tokensPerPage, Sequences: 1, OutputTokens: 500),
        _ => throw new CliException($"There is no task '{task}'. The tasks are {string.Join(", ", TaskTypes.All)}."),
    };
}
