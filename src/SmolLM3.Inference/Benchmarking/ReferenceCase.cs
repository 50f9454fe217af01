using System.Text.Json;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>What Hugging Face transformers computed for one prompt.</summary>
/// <param name="InputIds">The prompt.</param>
/// <param name="LastLogits">The logits after its last token.</param>
/// <param name="Greedy">The tokens of greedy decoding.</param>
/// <param name="AllArgmax">The likeliest token after every position, where the file holds it.</param>
internal sealed record ReferenceCase(int[] InputIds, float[] LastLogits, int[] Greedy, int[]? AllArgmax)
{
    /// <summary>Beside a checkpoint's weights.</summary>
    public const string FileName = "cases.json";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IReadOnlyList<ReferenceCase> ReadAll(string checkpointFolder)
    {
        using var file = File.OpenRead(Path.Combine(checkpointFolder, FileName));
        return JsonSerializer.Deserialize<CaseFile>(file, Json)?.Cases ?? throw new InvalidDataException($"{file.Name} holds no cases.");
    }

    /// <summary>Largest difference from <see cref="LastLogits"/> as a share of the largest of them.</summary>
    public double ErrorOf(float[] logits) =>
        logits.Zip(LastLogits, (actual, expected) => Math.Abs(actual - expected)).Max() / LastLogits.Max(Math.Abs);

    private sealed record CaseFile(List<ReferenceCase> Cases);
}
