using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Inference.Tests.Tokenization;

/// <summary>Tokenizers that tests share: loading is the costly part.</summary>
internal static class Tokenizers
{
    private static readonly Lazy<SmolLM3Tokenizer> LazyReference = new(() =>
    {
        using Stream json = ReferenceFiles.Open("tokenizer/tokenizer.json");
        return SmolLM3Tokenizer.Load(json);
    });

    /// <summary>The reference tokenizer: 1,519 tokens in the shape of SmolLM3's own.</summary>
    public static SmolLM3Tokenizer Reference => LazyReference.Value;
}
