using System.Text.Json;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Planning;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>Defined terms and their one translation: the glossary's, or the model's, asked once before anything else.</summary>
internal sealed class TermTable
{
    private const int TermsPerAnswer = 20;
    private const int TokensPerTerm = 30;

    private readonly List<KeyValuePair<string, string>> _terms;

    private TermTable(List<KeyValuePair<string, string>> terms) => _terms = terms;

    /// <summary>All terms, those of the glossary first.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Terms => _terms;

    /// <summary>The terms that occur in a text.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> In(string text) => [.. _terms.Where(term => DefinedTerms.IsIn(term.Key, text))];

    public static async Task<TermTable> CreateAsync(
        TaskContext context,
        TranslatePrompts prompts,
        IReadOnlyDictionary<string, string> glossary,
        IReadOnlyList<string> texts,
        CancellationToken cancellationToken)
    {
        var terms = glossary.OrderBy(term => term.Key, StringComparer.Ordinal).ToList();
        int perAnswer = Math.Clamp((new ContextBudget(context.Model.Info).Answer - 16) / TokensPerTerm, 1, TermsPerAnswer);
        var groups = DefinedTerms.Find(texts).Where(term => !glossary.ContainsKey(term)).Chunk(perAnswer).ToList();
        var completions = await context.CompleteAsync(
            [.. groups.Select(group => new CompletionRequest
            {
                Messages = prompts.Terms(group),
                MaxTokens = 16 + group.Length * TokensPerTerm,
                JsonSchema = TranslatePrompts.TermsSchema(group.Length),
            })],
            cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < groups.Count; i++)
        {
            var translations = AnswerReader.Read(context, completions[i])["terms"] as JsonArray ?? [];
            for (int t = 0; t < groups[i].Length && t < translations.Count; t++)
            {
                bool isText = translations[t]?.GetValueKind() == JsonValueKind.String;
                string translation = isText ? CleanText.OneLine(translations[t]!.GetValue<string>()) : "";
                if (translation.Any(char.IsLetter) && !translation.Contains('<')) terms.Add(new(groups[i][t], translation));
            }
        }

        return new TermTable(terms);
    }
}
