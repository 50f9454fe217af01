using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Tasks.Planning;

/// <summary>
/// How a model's context is shared between the document and what is asked about it. It depends on the context alone, so that all tasks
/// of a request cut the document alike and share its prefill.
/// </summary>
internal sealed record ContextBudget
{
    private const int SmallestContext = 1024;

    public ContextBudget(LanguageModelInfo model)
    {
        if (model.ContextLength < SmallestContext)
        {
            throw new InvalidOperationException(
                $"Model '{model.Name}' has a context of {model.ContextLength:N0} tokens; tasks need at least {SmallestContext:N0}. Use another model.");
        }

        Context = model.ContextLength;
        int reserve = Math.Clamp(Context * 3 / 10, 512, 6144);
        Answer = reserve / 2;
        Question = reserve - Answer;
        Prefix = Context - reserve;
    }

    /// <summary>All tokens of prompt and completion.</summary>
    public int Context { get; }

    /// <summary>For the system message and one chunk of the document.</summary>
    public int Prefix { get; }

    /// <summary>For one question behind the chunk, with the chat template's closing tokens.</summary>
    public int Question { get; }

    /// <summary>For one answer.</summary>
    public int Answer { get; }

    /// <summary>Text repeated from the chunk before.</summary>
    public int Overlap => Math.Min(Prefix / 20, 256);
}
