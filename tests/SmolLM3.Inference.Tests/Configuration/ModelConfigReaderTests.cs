using SmolLM3.Inference.Configuration;
using System.Text;
using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Tests.Configuration;

public sealed class ModelConfigReaderTests
{
    [Fact]
    public void Read_TransformersFourKeys_AreUnderstood()
    {
        var config = Read();
        Assert.Equal((8, 4, 16, 5e6), (config.AttentionHeads, config.KeyValueHeads, config.HeadSize, config.RopeTheta));
        Assert.Equal([true, true, true, false], config.RopeLayers);
        Assert.Equal(ComputeType.BFloat16, config.DType);
        Assert.Null(config.Yarn);
    }

    [Fact]
    public void Read_TransformersFiveKeys_AreUnderstood()
    {
        var config = Read(json =>
        {
            json.Remove("torch_dtype");
            json.Remove("rope_theta");
            json["dtype"] = "float16";
            json["layer_types"] = new JsonArray("full_attention", "full_attention", "full_attention", "full_attention");
            json["rope_parameters"] = new JsonObject
            {
                ["rope_type"] = "yarn", ["rope_theta"] = 10000.0, ["factor"] = 4.0, ["original_max_position_embeddings"] = 1024,
            };
        });
        Assert.Equal(
            (ComputeType.Float16, 10000.0, 4.0, 1024),
            (config.DType!.Value, config.RopeTheta, config.Yarn!.Factor, config.Yarn.OriginalMaxPositionEmbeddings));
    }

    [Fact]
    public void Read_NoRopeLayersAbsent_IntervalDecides()
        => Assert.Equal([true, false, true, false], Read(json =>
        {
            json.Remove("no_rope_layers");
            json["no_rope_layer_interval"] = 2;
        }).RopeLayers);

    [Fact]
    public void Read_Llama_RotatesEveryLayerAndUntiesTheHead()
    {
        var config = Read(json =>
        {
            json["model_type"] = "llama";
            json.Remove("no_rope_layers");
            json.Remove("tie_word_embeddings");
        });
        Assert.DoesNotContain(false, config.RopeLayers);
        Assert.False(config.TieWordEmbeddings);
    }

    [Theory]
    [InlineData("hidden_size", null, "'hidden_size' is missing")]
    [InlineData("hidden_size", "\"128\"", "'hidden_size' is \"128\"; it must be a whole number")]
    [InlineData("num_hidden_layers", "0", "at least 1")]
    [InlineData("attention_bias", "true", "'attention_bias' is true")]
    [InlineData("mlp_bias", "true", "'mlp_bias' is true")]
    [InlineData("attention_bias", "1", "must be true or false")]
    [InlineData("hidden_act", "\"gelu\"", "'hidden_act' is 'gelu'")]
    [InlineData("model_type", "\"mistral\"", "'mistral'")]
    [InlineData("no_rope_layers", "[1, 0]", "'no_rope_layers' must hold")]
    [InlineData("no_rope_layers", "[1, 0, 2, 1]", "'no_rope_layers' must hold")]
    [InlineData("num_key_value_heads", "3", "no multiple")]
    [InlineData("head_dim", "15", "even")]
    [InlineData("layer_types", "[\"sliding_attention\"]", "'sliding_attention'")]
    [InlineData("quantization_config", "{}", "'quantization_config'")]
    [InlineData("rope_scaling", "{\"type\": \"linear\", \"factor\": 2}", "'linear'")]
    [InlineData("rope_scaling", "{\"type\": \"yarn\", \"factor\": -2}", "'rope_scaling.factor' is -2")]
    [InlineData("torch_dtype", "\"int8\"", "'int8'")]
    public void Read_WrongOrUnsupported_NamesFileAndKey(string key, string? value, string problem)
    {
        var error = Assert.Throws<CheckpointException>(() => Read(json =>
        {
            json.Remove(key);
            if (value is not null)
                json[key] = JsonNode.Parse(value);
        }));
        Assert.Contains("config.json of checkpoint test", error.Message);
        Assert.Contains(problem, error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"model_type\":")]
    public void Read_NoJsonObject_SaysSo(string text)
        => Assert.Throws<CheckpointException>(() => ModelConfigReader.Read("test", Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("smollm3-3b")]
    [InlineData("tiny")]
    public void Read_WhatConfigWriterWrites_ComesBack(string shape)
    {
        var config = ModelShapes.Get(shape) with { EosTokenIds = [2, 5], Yarn = new() { Factor = 2, OriginalMaxPositionEmbeddings = 32768, AttentionFactor = 1.5 } };
        Assert.Equivalent(config, ModelConfigReader.Read("test", ConfigWriter.Config(config)), strict: true);
    }

    private static ModelConfig Read(Action<JsonObject>? change = null)
    {
        var json = new JsonObject
        {
            ["model_type"] = "smollm3", ["vocab_size"] = 100, ["hidden_size"] = 128, ["intermediate_size"] = 256, ["num_hidden_layers"] = 4,
            ["num_attention_heads"] = 8, ["num_key_value_heads"] = 4, ["rms_norm_eps"] = 1e-6, ["rope_theta"] = 5e6, ["rope_scaling"] = null,
            ["no_rope_layers"] = new JsonArray(1, 1, 1, 0), ["max_position_embeddings"] = 4096, ["tie_word_embeddings"] = true, ["torch_dtype"] = "bfloat16",
        };
        change?.Invoke(json);
        return ModelConfigReader.Read("test", Encoding.UTF8.GetBytes(json.ToJsonString()));
    }
}
