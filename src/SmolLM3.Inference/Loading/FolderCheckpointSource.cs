using Microsoft.Win32.SafeHandles;
using System.Collections.Concurrent;

namespace SmolLM3.Inference;

/// <summary>A checkpoint in a folder. Files stay open until it is disposed, so that parallel range reads do not reopen them.</summary>
public sealed class FolderCheckpointSource : ICheckpointSource, IDisposable
{
    private readonly string _folder;
    private readonly ConcurrentDictionary<string, Lazy<SafeFileHandle>> _open = new();

    /// <summary>Reads from <paramref name="folder"/>.</summary>
    public FolderCheckpointSource(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _folder = Path.GetFullPath(folder);
        if (!Directory.Exists(_folder))
            throw new DirectoryNotFoundException(
                $"There is no folder {_folder}. Name a folder that holds config.json and model.safetensors.");
    }

    /// <inheritdoc/>
    public string Name => _folder;

    /// <inheritdoc/>
    public Task<IReadOnlyList<CheckpointFile>> ListFilesAsync(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<CheckpointFile> files = [.. new DirectoryInfo(_folder).EnumerateFiles()
            .OrderBy(f => f.Name, StringComparer.Ordinal)
            .Select(f => new CheckpointFile(f.Name, f.Length))];
        return Task.FromResult(files);
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(string file, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        var handle = _open.GetOrAdd(
            file, name => new(() => File.OpenHandle(Path.Combine(_folder, name), options: FileOptions.Asynchronous))).Value;
        while (destination.Length > 0)
        {
            var read = await RandomAccess.ReadAsync(handle, destination, offset, cancellationToken).ConfigureAwait(false);
            if (read == 0)
                throw new EndOfStreamException(
                    $"{Path.Combine(_folder, file)} ends at byte {offset:N0}, {destination.Length:N0} bytes too early.");
            destination = destination[read..];
            offset += read;
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (var handle in _open.Values)
            if (handle.IsValueCreated)
                handle.Value.Dispose();
        _open.Clear();
    }
}
