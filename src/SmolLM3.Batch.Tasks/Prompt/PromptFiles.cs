using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Rendering;
using SmolLM3.Batch.Tasks.Results;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.Prompt;

/// <summary>The answer to a free prompt, as published.</summary>
/// <param name="Header">What every result begins with.</param>
/// <param name="Instructions">The user's own words.</param>
/// <param name="Answer">The text of the answer.</param>
/// <param name="Value">The answer as JSON where a schema was given.</param>
/// <param name="Complete">False where the answer reached its token limit.</param>
/// <param name="Thinking">The thinking of the last completion, if any.</param>
internal sealed record PromptResult(
    [property: JsonIgnore] ResultHeader Header, string Instructions, string Answer, JsonNode? Value, bool Complete, string? Thinking);

/// <summary>Writes the files of a free prompt.</summary>
internal static class PromptFiles
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyList<ResultFile> Render(
        TaskContext context, PromptOptions options, Completion answer, int chunks, double coverage)
    {
        bool complete = answer.FinishReason == FinishReason.Stop;
        if (!complete) context.Warn("The answer reached its token limit and was cut. Raise maxTokens.");
        JsonNode? value = null;
        if (options.Schema is not null)
        {
            value = ParseValue(answer.Text) ?? throw new InvalidOperationException(complete
                ? "The answer is no valid JSON. Check that the model supports constrained decoding for this schema."
                : "The answer reached its token limit before its JSON was complete. Raise maxTokens, or bound the schema's strings and lists.");
        }

        var result = new PromptResult(
            ResultHeader.Create(context, chunks, coverage), options.Instructions, answer.Text.Trim(), value, complete, answer.Thinking);
        return
        [
            new ResultFile("prompt.json", MediaTypes.Json, ResultJson.Write(result.Header, result)),
            new ResultFile("prompt.md", MediaTypes.Markdown, Encoding.UTF8.GetBytes(Markdown(result))),
            new ResultFile("prompt.html", MediaTypes.Html, Encoding.UTF8.GetBytes(Html(result))),
        ];
    }

    private static JsonNode? ParseValue(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Markdown(PromptResult result)
    {
        var text = new StringBuilder();
        if (result.Value is null) text.Append(result.Answer).Append("\n\n");
        else text.Append("```json\n").Append(
            result.Value.ToJsonString(Indented).Replace("```", "\\u0060\\u0060\\u0060")).Append("\n```\n\n");
        return MarkdownFooter.Append(text, result.Header);
    }

    private static string Html(PromptResult result) =>
        HtmlPage.Render("Answer", result.Header.Document.Title ?? result.Header.Document.Name, result.Header, html =>
    {
        html.Element("p", result.Instructions, ("class", "focus"));
        if (result.Value is null) MarkdownView.Write(html, result.Answer);
        else JsonView.Write(html, result.Value);
        if (result.Thinking is { Length: > 0 } thinking)
        {
            html.Open("details").Element("summary", "Thinking").Element("div", thinking, ("class", "answer")).Close();
        }
    });
}
