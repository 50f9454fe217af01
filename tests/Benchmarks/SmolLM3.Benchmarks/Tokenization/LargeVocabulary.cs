using SmolLM3.Inference.Tests.Tokenization;
using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Benchmarks;

/// <summary>
/// A tokenizer of SmolLM3's size, 128,000 tokens, trained once on the samples and on words made up in their likeness, and kept beside the
/// build output; and a text of the samples' English.
/// </summary>
internal static class LargeVocabulary
{
    public const int Tokens = 128_000;

    public static byte[] Json()
    {
        string path = Path.Combine(Path.GetTempPath(), $"smollm3-benchmarks-{Tokens}-{Fingerprint():x8}.json");
        if (!File.Exists(path))
            File.WriteAllBytes(path, SyntheticTokenizer.Train(Samples(), Tokens));
        return File.ReadAllBytes(path);
    }

    public static SmolLM3Tokenizer Load() => SmolLM3Tokenizer.Load(new MemoryStream(Json()));

    /// <summary>The English samples, all of them.</summary>
    public static string English() => string.Join("\n\n", Files().Where(file => !file.Contains("contrat", StringComparison.Ordinal)
        && !file.Contains("kuendigung", StringComparison.Ordinal)).Select(File.ReadAllText));

    private static string Samples() => string.Join("\n\n", Files().Select(File.ReadAllText));

    private static IEnumerable<string> Files() => Directory
        .GetFiles(Path.Combine(AppContext.BaseDirectory, "samples"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static uint Fingerprint() => Samples().Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619);
}
