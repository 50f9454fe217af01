using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>A translation in the document's own format.</summary>
internal sealed class TranslateTask : IDocumentTask
{
    public string Type => TaskTypes.Translate;

    public ITaskRun Prepare(JsonObject? options) => new TranslateRun(TranslateOptions.Parse(options));
}
