using System.Text;
using System.Text.RegularExpressions;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests.Translate;

/// <summary>
/// "Translates" by adding an ending to every word, and leaves tags, numbers and placeholders alone, as a good model would.
/// </summary>
internal static partial class PseudoTranslator
{
    public static string Answer(CompletionRequest request)
    {
        if (request.JsonSchema is not null) return Noise.Json(request.JsonSchema.AsObject(), new Random(2))!.ToJsonString();
        string user = request.Messages[^1].Content;
        return Translate(
            user[(user.IndexOf(":\n", user.IndexOf("Translate into", StringComparison.Ordinal), StringComparison.Ordinal) + 2)..]);
    }

    public static string Translate(string text)
    {
        var result = new StringBuilder();
        int position = 0;
        foreach (Match kept in Kept().Matches(text))
        {
            result.Append(Word().Replace(text[position..kept.Index], "$0o")).Append(kept.Value);
            position = kept.Index + kept.Length;
        }

        return result.Append(Word().Replace(text[position..], "$0o")).ToString();
    }

    [GeneratedRegex(@"</?a?\d+/?>|\{[^{}\s]+\}|https?://[^\s<>()]+|[\w.+-]+@[\w-]+\.[\w.-]+\w")]
    private static partial Regex Kept();

    [GeneratedRegex(@"\p{L}+")]
    private static partial Regex Word();
}
