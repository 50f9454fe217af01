using System.Text.Json;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Options;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>How to translate.</summary>
/// <param name="Target">Into which language.</param>
/// <param name="Source">From which language; null means to find out.</param>
/// <param name="Glossary">Terms and how they are to be translated.</param>
internal sealed record TranslateOptions(Language Target, Language? Source, IReadOnlyDictionary<string, string> Glossary)
{
    private const int MostTerms = 500;

    public static TranslateOptions Parse(JsonObject? options)
    {
        var codes = Language.All.Select(language => language.Code).ToList();
        var reader = new OptionReader(TaskTypes.Translate, options);
        string target = reader.Choice("target", "en", codes);
        string? source = reader.OptionalChoice("source", codes);
        var glossary = Terms(reader.Object("glossary"));
        reader.End();
        if (source == target) throw new InvalidTaskException($"Options 'source' and 'target' of task 'translate' are both '{target}'.");
        return new TranslateOptions(Language.Of(target), source is null ? null : Language.Of(source), glossary);
    }

    private static Dictionary<string, string> Terms(JsonObject? glossary)
    {
        var terms = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (term, translation) in glossary ?? [])
        {
            if (string.IsNullOrWhiteSpace(term) || term.Length > 200 || translation?.GetValueKind() != JsonValueKind.String
                || translation.GetValue<string>() is not { Length: > 0 and <= 200 } text || text.Contains('\n') || text.Contains('<'))
            {
                throw new InvalidTaskException(
                    $"Option 'glossary' of task 'translate': the term '{(term.Length > 80 ? term[..80] + "…" : term)}' must have a translation, "
                    + "a string of 1 to 200 characters without line ends or '<'.");
            }

            terms[term] = text;
        }

        return terms.Count <= MostTerms ? terms : throw new InvalidTaskException(
            $"Option 'glossary' of task 'translate' has {terms.Count:N0} terms; at most {MostTerms} are allowed.");
    }
}
