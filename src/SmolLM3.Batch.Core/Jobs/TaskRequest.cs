using System.Text.Json.Nodes;

namespace SmolLM3.Batch.Jobs;

/// <summary>One task of a job.</summary>
/// <param name="Type">One of <see cref="TaskTypes"/>.</param>
/// <param name="Options">The task's own options; null means all defaults.</param>
public sealed record TaskRequest(string Type, JsonObject? Options = null);
