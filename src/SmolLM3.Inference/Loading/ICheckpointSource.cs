namespace SmolLM3.Inference;

/// <summary>
/// Where a checkpoint in the hub's layout lies: a folder, a blob container, memory. Safe to read from several threads at once.
/// </summary>
public interface ICheckpointSource
{
    /// <summary>What errors call it, for example the folder's path.</summary>
    string Name { get; }

    /// <summary>The files of the checkpoint, by names relative to its root.</summary>
    Task<IReadOnlyList<CheckpointFile>> ListFilesAsync(CancellationToken cancellationToken = default);

    /// <summary>Fills all of <paramref name="destination"/> from <paramref name="offset"/> on.</summary>
    /// <exception cref="EndOfStreamException">The file ends before <paramref name="destination"/> is full.</exception>
    ValueTask ReadAsync(string file, long offset, Memory<byte> destination, CancellationToken cancellationToken = default);
}
