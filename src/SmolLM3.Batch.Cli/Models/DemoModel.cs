using System.Security.Cryptography;
using SmolLM3.Inference;

namespace SmolLM3.Batch.Cli.Models;

/// <summary>
/// The model that a first run uses: the trained demo checkpoint where this build ships its weights, else weights made from a seed in the
/// same shape and with the same tokenizer.
/// </summary>
internal static class DemoModel
{
    private const ulong Seed = 3;
    private const string Weights = "model.safetensors";

    // What it is made for: by YaRN it could read four times as much, but a small model on a laptop's processor does better in parts.
    private const int ContextLength = 8192;

    private static string Assets => Path.Combine(AppContext.BaseDirectory, "DemoModel");

    public static async Task<ModelChoice> PrepareAsync(ModelStore store, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(Assets, Weights)))
        {
            return new ModelChoice(Assets, "smollm3-demo", await FingerprintAsync(cancellationToken),
                $"Notice: this small demo model reads English contracts of the kind it was trained on. For real documents: ./smollm3 model pull {ModelLocator.Default}, then --model {ModelLocator.Default}", ContextLength);
        }

        var fingerprint = await FingerprintAsync(cancellationToken);
        var folder = store.FolderOf($"demo-random-{fingerprint}");
        if (!File.Exists(Path.Combine(folder, Weights))) await MakeAsync(folder, cancellationToken);
        return new ModelChoice(folder, "smollm3-demo-random", $"seed {Seed}",
            $"Notice: its weights are random, so what it writes is noise. For real results: ./smollm3 model pull {ModelLocator.Default}, then --model {ModelLocator.Default}", ContextLength);
    }

    private static async Task MakeAsync(string folder, CancellationToken cancellationToken)
    {
        // Beside its place, then moved there whole: two first runs at once, or one that is killed, leave no half checkpoint.
        var making = $"{folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(making);
        var config = ModelConfig.FromJson(Assets, await File.ReadAllBytesAsync(Path.Combine(Assets, "config.json"), cancellationToken));
        await new RandomCheckpoint(config, Seed).WriteAsync(making, cancellationToken);
        foreach (var asset in Directory.EnumerateFiles(Assets)) File.Copy(asset, Path.Combine(making, Path.GetFileName(asset)), overwrite: true);
        try
        {
            if (!Directory.Exists(folder)) Directory.Move(making, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another run was faster, with the same bytes.
        }

        if (Directory.Exists(making)) Directory.Delete(making, recursive: true);
    }

    private static async Task<string> FingerprintAsync(CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var asset in Directory.EnumerateFiles(Assets).Order(StringComparer.Ordinal))
            hash.AppendData(await File.ReadAllBytesAsync(asset, cancellationToken));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
