using System.Collections.Concurrent;

namespace SmolLM3.Inference.Tests.Loading;

/// <summary>A checkpoint in memory, whose files a test can damage. It fails a test that asks for more than there is.</summary>
internal sealed class MemoryCheckpoint : ICheckpointSource
{
    public Dictionary<string, byte[]> Files { get; } = [];

    public Dictionary<string, string> Sha256 { get; } = [];

    /// <summary>The longest read so far.</summary>
    public int LongestRead { get; private set; }

    /// <summary>How many bytes of each file were read.</summary>
    public ConcurrentDictionary<string, long> BytesRead { get; } = new();

    public string Name => "memory";

    public static async Task<MemoryCheckpoint> OfAsync(ICheckpointSource source)
    {
        var copy = new MemoryCheckpoint();
        foreach (var file in await source.ListFilesAsync())
        {
            copy.Files[file.Name] = new byte[file.Length];
            await source.ReadAsync(file.Name, 0, copy.Files[file.Name]);
        }
        return copy;
    }

    public Task<IReadOnlyList<CheckpointFile>> ListFilesAsync(CancellationToken cancellationToken = default)
        => Task.FromResult<IReadOnlyList<CheckpointFile>>(
            [.. Files.Select(file => new CheckpointFile(file.Key, file.Value.Length, Sha256.GetValueOrDefault(file.Key)))]);

    public ValueTask ReadAsync(string file, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        LongestRead = Math.Max(LongestRead, destination.Length);
        if (offset + destination.Length > Files[file].Length)
            throw new EndOfStreamException();
        BytesRead.AddOrUpdate(file, destination.Length, (_, before) => before + destination.Length);
        Files[file].AsMemory((int)offset, destination.Length).CopyTo(destination);
        return ValueTask.CompletedTask;
    }
}
