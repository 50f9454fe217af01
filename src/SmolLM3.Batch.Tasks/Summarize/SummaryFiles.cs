using System.Text;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Tasks.Results;

namespace SmolLM3.Batch.Tasks.Summarize;

/// <summary>Writes a summary's files.</summary>
internal static class SummaryFiles
{
    public static IReadOnlyList<ResultFile> Render(SummaryResult result, Document document) =>
    [
        new ResultFile("summarize.json", MediaTypes.Json, ResultJson.Write(result.Header, result)),
        new ResultFile("summarize.md", MediaTypes.Markdown, Encoding.UTF8.GetBytes(SummaryMarkdown.Render(result))),
        new ResultFile("summarize.html", MediaTypes.Html, Encoding.UTF8.GetBytes(SummaryHtml.Render(result, document))),
    ];
}
