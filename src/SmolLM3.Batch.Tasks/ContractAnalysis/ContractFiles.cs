using System.Text;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Tasks.Results;

namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>Writes an analysis' files.</summary>
internal static class ContractFiles
{
    public static IReadOnlyList<ResultFile> Render(ContractResult result, Document document) =>
    [
        new ResultFile("contract-analysis.json", MediaTypes.Json, ResultJson.Write(result.Header, result)),
        new ResultFile("contract-analysis.md", MediaTypes.Markdown, Encoding.UTF8.GetBytes(ContractMarkdown.Render(result))),
        new ResultFile("contract-analysis.html", MediaTypes.Html, Encoding.UTF8.GetBytes(ContractHtml.Render(result, document))),
    ];
}
