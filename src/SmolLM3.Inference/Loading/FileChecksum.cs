using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace SmolLM3.Inference.Loading;

/// <summary>
/// The SHA-256 of a file whose parts are read in parallel, taken over the bytes as they arrive: each part waits until those before it have
/// been counted. Nothing is read twice. As parts are begun in their order, the one that all others wait for is always under way.
/// </summary>
internal sealed class FileChecksum(CheckpointFile file) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _turns = new();

    /// <summary>Counts a part, once all before it are.</summary>
    public async Task AppendAsync(long offset, ReadOnlyMemory<byte> part, CancellationToken cancellationToken)
    {
        if (offset > 0)
            await Turn(offset).Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        _hash.AppendData(part.Span);
        Turn(offset + part.Length).SetResult();
        _turns.TryRemove(offset, out _);
    }

    /// <summary>Compares all that was counted with what the source states.</summary>
    public void Check(string source)
    {
        var actual = Convert.ToHexStringLower(_hash.GetHashAndReset());
        if (!actual.Equals(file.Sha256, StringComparison.OrdinalIgnoreCase))
            throw new CheckpointException(source, file.Name, $"its SHA-256 is {actual}, not {file.Sha256}; download it again.");
    }

    public void Dispose() => _hash.Dispose();

    private TaskCompletionSource Turn(long offset) => _turns.GetOrAdd(offset, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
