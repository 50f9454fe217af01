using SmolLM3.Inference.Tests.Constraints;
using SmolLM3.Inference.Tests.Loading;
using SmolLM3.Inference.Tests.Tokenization;

namespace SmolLM3.Inference.Tests.Engine;

/// <summary>An engine of random weights with the reference tokenizer.</summary>
internal static class TextEngine
{
    public static async Task<InferenceEngine> LoadAsync(EngineOptions? options = null, ulong seed = 1)
    {
        var config =
            TestEngine.SmallConfig with { VocabularySize = Tokenizers.Reference.VocabularySize + 5, EosTokenIds = [ConstraintRun.EndId] };
        var source = await MemoryCheckpoint.OfAsync(new RandomCheckpoint(config, seed));
        source.Files["tokenizer.json"] = await File.ReadAllBytesAsync(ReferenceFiles.Path("tokenizer/tokenizer.json"));
        return await InferenceEngine.LoadAsync(source, options ?? TestEngine.Options);
    }
}
