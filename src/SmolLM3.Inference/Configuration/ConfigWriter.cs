using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Configuration;

/// <summary>Writes a configuration with the keys of transformers 4.53, which <see cref="ModelConfigReader"/> reads back.</summary>
internal static class ConfigWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static byte[] Config(ModelConfig config) => Bytes(new JsonObject
    {
        ["architectures"] = new JsonArray(config.ModelType == "smollm3" ? "SmolLM3ForCausalLM" : "LlamaForCausalLM"),
        ["model_type"] = config.ModelType,
        ["vocab_size"] = config.VocabularySize,
        ["hidden_size"] = config.HiddenSize,
        ["intermediate_size"] = config.IntermediateSize,
        ["num_hidden_layers"] = config.Layers,
        ["num_attention_heads"] = config.AttentionHeads,
        ["num_key_value_heads"] = config.KeyValueHeads,
        ["head_dim"] = config.HeadSize,
        ["hidden_act"] = "silu",
        ["attention_bias"] = false,
        ["mlp_bias"] = false,
        ["rms_norm_eps"] = config.RmsNormEpsilon,
        ["rope_theta"] = config.RopeTheta,
        ["rope_scaling"] = config.Yarn is { } yarn ? Yarn(yarn) : null,
        ["no_rope_layers"] = new JsonArray([.. config.RopeLayers.Select(rope => (JsonNode)(rope ? 1 : 0))]),
        ["max_position_embeddings"] = config.MaxPositionEmbeddings,
        ["tie_word_embeddings"] = config.TieWordEmbeddings,
        ["torch_dtype"] = "bfloat16",
        ["eos_token_id"] = Ids(config.EosTokenIds),
    });

    public static byte[] Generation(ModelConfig config) => Bytes(new JsonObject { ["eos_token_id"] = Ids(config.EosTokenIds) });

    private static JsonObject Yarn(YarnScaling yarn)
    {
        var scaling = new JsonObject
        {
            ["rope_type"] = "yarn",
            ["factor"] = yarn.Factor,
            ["original_max_position_embeddings"] = yarn.OriginalMaxPositionEmbeddings,
            ["beta_fast"] = yarn.BetaFast,
            ["beta_slow"] = yarn.BetaSlow,
            ["truncate"] = yarn.Truncate,
        };
        foreach (var (key, value) in (ReadOnlySpan<(string, double?)>)[(
            "attention_factor", yarn.AttentionFactor), ("mscale", yarn.MScale), ("mscale_all_dim", yarn.MScaleAllDim)])
            if (value is not null)
                scaling[key] = value;
        return scaling;
    }

    private static JsonArray? Ids(IReadOnlyList<int> ids) => ids.Count == 0 ? null : new JsonArray([.. ids.Select(id => (JsonNode)id)]);

    private static byte[] Bytes(JsonObject json) => JsonSerializer.SerializeToUtf8Bytes(json, Indented);
}
