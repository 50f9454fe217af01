using System.Security.Cryptography;

namespace SmolLM3.Batch.Cli.Models;

/// <summary>The small checkpoint that ships with the command, for a first run without a download. tools/demo-model made it.</summary>
internal static class DemoModel
{
    private const string Notice =
        "Notice: this demo model reads contracts like samples/contract-analysis/services-agreement.txt, and writes nonsense about anything else."
        + $" For your own documents: ./smollm3 model pull {ModelLocator.Default}, then --model {ModelLocator.Default}";

    // Four times the positions it was trained on, by YaRN: in a smaller context the tasks ask for shorter answers, which it has not learnt.
    private const int ContextLength = 16_384;

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "DemoModel");

    public static async Task<ModelChoice> LocateAsync(CancellationToken cancellationToken) =>
        new(Folder, "smollm3-demo", await FingerprintAsync(cancellationToken), Notice, ContextLength);

    private static async Task<string> FingerprintAsync(CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(Folder).Order(StringComparer.Ordinal))
            hash.AppendData(await File.ReadAllBytesAsync(file, cancellationToken));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
