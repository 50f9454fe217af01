namespace SmolLM3.Inference.Configuration;

/// <summary>
/// Reads config.json as transformers writes it: the keys of 4.53 (<c>rope_theta</c>, <c>rope_scaling</c>, <c>torch_dtype</c>) and the
/// newer ones (<c>rope_parameters</c>, <c>dtype</c>, <c>layer_types</c>). What the engine does not compute is an error, never ignored.
/// </summary>
internal static class ModelConfigReader
{
    public const string FileName = "config.json";

    public static ModelConfig Read(string source, ReadOnlyMemory<byte> json)
    {
        var fields = ConfigFields.Parse(source, FileName, json);
        var modelType = fields.OptionalString("model_type") ?? throw fields.Error("'model_type' is missing.");
        if (modelType is not ("smollm3" or "llama"))
            throw fields.Error($"'model_type' is '{modelType}'; this engine runs 'smollm3' and 'llama'.");
        RejectUnsupported(fields);

        var heads = fields.Int("num_attention_heads");
        var hidden = fields.Int("hidden_size");
        var layers = fields.Int("num_hidden_layers");
        var config = new ModelConfig
        {
            ModelType = modelType,
            VocabularySize = fields.Int("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = fields.Int("intermediate_size"),
            Layers = layers,
            AttentionHeads = heads,
            KeyValueHeads = fields.OptionalInt("num_key_value_heads") ?? heads,
            HeadSize = fields.OptionalInt("head_dim") ?? hidden / heads,
            RmsNormEpsilon = fields.OptionalNumber("rms_norm_eps") ?? 1e-6,
            RopeTheta = RopeTheta(fields, modelType),
            Yarn = Yarn(fields),
            RopeLayers = RopeLayers(fields, modelType, layers),
            MaxPositionEmbeddings = fields.Int("max_position_embeddings"),
            TieWordEmbeddings = fields.OptionalBool("tie_word_embeddings") ?? modelType == "smollm3",
            DType = DType(fields),
            EosTokenIds = fields.OptionalInts("eos_token_id") ?? [],
        };
        if (config.AttentionHeads % config.KeyValueHeads != 0)
            throw fields.Error($"'num_attention_heads' ({heads}) is no multiple of 'num_key_value_heads' ({config.KeyValueHeads}).");
        if (config.HeadSize % 2 != 0)
            throw fields.Error($"the head size is {config.HeadSize}; rotary embedding needs an even one.");
        return config;
    }

    private static void RejectUnsupported(ConfigFields fields)
    {
        foreach (var key in (string[])["attention_bias", "mlp_bias"])
            if (fields.OptionalBool(key) is true)
                throw fields.Error($"'{key}' is true; this engine has no biases.");
        if (fields.OptionalString("hidden_act") is { } activation and not "silu")
            throw fields.Error($"'hidden_act' is '{activation}'; this engine computes 'silu'.");
        if (fields.OptionalBool("use_sliding_window") is true && fields.Has("sliding_window"))
            throw fields.Error("'use_sliding_window' is true; this engine attends to the whole context.");
        if (fields.OptionalStrings("layer_types")?.FirstOrDefault(type => type != "full_attention") is { } other)
            throw fields.Error($"'layer_types' names '{other}'; this engine computes 'full_attention'.");
        if (fields.Has("quantization_config"))
            throw fields.Error("'quantization_config' is set; this engine loads bfloat16, float16 and float32 weights.");
        if ((fields.OptionalNumber("partial_rotary_factor") ?? 1) != 1)
            throw fields.Error("'partial_rotary_factor' is not 1; this engine rotates whole heads.");
    }

    private static double RopeTheta(ConfigFields fields, string modelType)
        => fields.OptionalObject("rope_parameters")?.OptionalNumber("rope_theta")
            ?? fields.OptionalNumber("rope_theta")
            ?? (modelType == "smollm3" ? 2e6 : 1e4);

    private static YarnScaling? Yarn(ConfigFields fields)
    {
        if ((fields.OptionalObject("rope_parameters") ?? fields.OptionalObject("rope_scaling")) is not { } scaling)
            return null;
        switch (scaling.OptionalString("rope_type") ?? scaling.OptionalString("type") ?? "default")
        {
            case "default":
                return null;
            case "yarn":
                var maximum = fields.Int("max_position_embeddings");
                var original = scaling.OptionalInt("original_max_position_embeddings") ?? maximum;
                return new YarnScaling
                {
                    OriginalMaxPositionEmbeddings = original,
                    Factor = scaling.OptionalNumber("factor") ?? (double)maximum / original,
                    AttentionFactor = scaling.OptionalNumber("attention_factor"),
                    BetaFast = scaling.OptionalNumber("beta_fast") ?? 32,
                    BetaSlow = scaling.OptionalNumber("beta_slow") ?? 1,
                    MScale = scaling.OptionalNumber("mscale"),
                    MScaleAllDim = scaling.OptionalNumber("mscale_all_dim"),
                    Truncate = scaling.OptionalBool("truncate") ?? true,
                };
            case var other:
                throw fields.Error($"the rotary embedding is of type '{other}'; this engine computes 'default' and 'yarn'.");
        }
    }

    /// <summary>1 in <c>no_rope_layers</c> is a layer that has a rotary embedding: upstream's name says the opposite.</summary>
    private static bool[] RopeLayers(ConfigFields fields, string modelType, int layers)
    {
        if (modelType != "smollm3")
            return [.. Enumerable.Repeat(true, layers)];
        if (fields.OptionalInts("no_rope_layers") is { } flags)
        {
            if (flags.Length != layers || flags.Any(flag => flag is not (0 or 1)))
                throw fields.Error($"'no_rope_layers' must hold a 0 or 1 for each of the {layers} layers.");
            return [.. flags.Select(flag => flag == 1)];
        }
        var interval = fields.OptionalInt("no_rope_layer_interval") ?? 4;
        return [.. Enumerable.Range(1, layers).Select(layer => layer % interval != 0)];
    }

    private static ComputeType? DType(ConfigFields fields) =>
        (fields.OptionalString("dtype") ?? fields.OptionalString("torch_dtype")) switch
    {
        null or "auto" => null,
        "bfloat16" => ComputeType.BFloat16,
        "float16" => ComputeType.Float16,
        "float32" => ComputeType.Float32,
        var other => throw fields.Error($"the weights' type is '{other}'; this engine loads bfloat16, float16 and float32."),
    };
}
