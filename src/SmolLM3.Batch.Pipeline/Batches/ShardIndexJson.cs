using System.Text.Json.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>How an index is kept: among the checkpoints, under a key that no completion has.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ShardIndex))]
internal sealed partial class ShardIndexJson : JsonSerializerContext
{
    public const string Key = "lines";
}
