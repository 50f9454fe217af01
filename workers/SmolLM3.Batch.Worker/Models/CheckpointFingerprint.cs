using System.Security.Cryptography;
using System.Text;
using SmolLM3.Inference;

namespace SmolLM3.Batch.Worker;

/// <summary>
/// Tells checkpoints apart without reading all of them: names and lengths of all files, small files whole, and both ends of large ones.
/// Stored completions are only reused under the same revision.
/// </summary>
internal static class CheckpointFingerprint
{
    private const int Sample = 64 << 10;

    public static async Task<string> OfAsync(ICheckpointSource source, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Sample];
        foreach (var file in (await source.ListFilesAsync(cancellationToken)
            .ConfigureAwait(false)).OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Name}\n{file.Length}\n{file.Sha256}\n"));
            var head = (int)Math.Min(file.Length, Sample);
            await source.ReadAsync(file.Name, 0, buffer.AsMemory(0, head), cancellationToken).ConfigureAwait(false);
            hash.AppendData(buffer, 0, head);
            if (file.Length <= Sample)
                continue;
            await source.ReadAsync(file.Name, file.Length - Sample, buffer, cancellationToken).ConfigureAwait(false);
            hash.AppendData(buffer);
        }
        return "sampled-" + Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
