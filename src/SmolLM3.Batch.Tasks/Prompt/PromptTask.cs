using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Tasks.Prompt;

/// <summary>The user's own instructions over a document of any length.</summary>
internal sealed class PromptTask : IDocumentTask
{
    public string Type => TaskTypes.Prompt;

    public ITaskRun Prepare(JsonObject? options) => new PromptRun(PromptOptions.Parse(options));
}
