using System.Buffers;
using System.Security.Cryptography;

namespace SmolLM3.Inference.Loading;

/// <summary>Compares weights files with the SHA-256 that their source states for them.</summary>
internal static class Checksums
{
    private const int BufferLength = 4 << 20;

    public static Task VerifyAsync(Checkpoint checkpoint, int parallelReads, CancellationToken cancellationToken)
        => Parallel.ForEachAsync(
            checkpoint.WeightFiles.Where(file => file.Sha256 is not null),
            new ParallelOptions { MaxDegreeOfParallelism = parallelReads, CancellationToken = cancellationToken },
            (file, token) => VerifyAsync(checkpoint.Source, file, token));

    private static async ValueTask VerifyAsync(ICheckpointSource source, CheckpointFile file, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            for (long offset = 0; offset < file.Length; offset += BufferLength)
            {
                var part = buffer.AsMemory(0, (int)Math.Min(BufferLength, file.Length - offset));
                await source.ReadAsync(file.Name, offset, part, cancellationToken).ConfigureAwait(false);
                hash.AppendData(part.Span);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        var actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (!actual.Equals(file.Sha256, StringComparison.OrdinalIgnoreCase))
            throw new CheckpointException(source.Name, file.Name, $"its SHA-256 is {actual}, not {file.Sha256}; download it again.");
    }
}
