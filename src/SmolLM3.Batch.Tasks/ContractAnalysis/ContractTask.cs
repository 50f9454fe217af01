using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>Parties, dates, obligations and CUAD's clause categories, each with a quote that is looked up.</summary>
internal sealed class ContractTask : IDocumentTask
{
    public string Type => TaskTypes.ContractAnalysis;

    public ITaskRun Prepare(JsonObject? options) => new ContractRun(ContractOptions.Parse(options));
}
