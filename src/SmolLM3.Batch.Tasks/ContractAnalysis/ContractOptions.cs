using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Options;

namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>How to analyse a contract.</summary>
/// <param name="Playbook">The team's positions; empty for none.</param>
internal sealed record ContractOptions(IReadOnlyList<PlaybookRule> Playbook)
{
    public static ContractOptions Parse(JsonObject? options)
    {
        var reader = new OptionReader(TaskTypes.ContractAnalysis, options);
        var playbook = PlaybookParser.Parse(reader.Any("playbook"));
        reader.End();
        return new ContractOptions(playbook);
    }
}
