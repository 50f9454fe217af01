using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Evidence;
using SmolLM3.Batch.Tasks.Planning;

namespace SmolLM3.Batch.Tasks.Running;

/// <summary>
/// What all tasks of one request share: the document, the model, the plan of chunks and the index of the text. Thread-safe.
/// </summary>
internal sealed class DocumentSession(Document document, ILanguageModel model, TimeProvider time, int tasks)
{
    private readonly Lazy<DocumentPlan> _plan = new(() => DocumentPlan.Create(document, model));

    public Document Document { get; } = document;

    public ILanguageModel Model { get; } = model;

    public TimeProvider Time { get; } = time;

    /// <summary>The first questions of all tasks.</summary>
    public QuestionRound Round { get; } = new(model, tasks);

    public QuoteFinder Quotes { get; } = new(document);

    /// <summary>The shared plan, or one of its own for questions or answers that need more room than all tasks have in common.</summary>
    public DocumentPlan PlanFor(IEnumerable<string> questions, int answerTokens)
    {
        var budget = new ContextBudget(Model.Info);

        // A few tokens for what changes where the question meets the chunk.
        int question = questions.Max(text => Model.CountTokens(text)) + 8;
        int extra = Math.Max(0, question - budget.Question) + Math.Max(0, answerTokens - budget.Answer);
        return extra == 0 ? _plan.Value : DocumentPlan.Create(Document, Model, extra);
    }
}
