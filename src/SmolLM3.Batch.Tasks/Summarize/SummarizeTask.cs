using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Tasks.Summarize;

/// <summary>A summary whose points cite their section and page.</summary>
internal sealed class SummarizeTask : IDocumentTask
{
    public string Type => TaskTypes.Summarize;

    public ITaskRun Prepare(JsonObject? options) => new SummarizeRun(SummarizeOptions.Parse(options));
}
