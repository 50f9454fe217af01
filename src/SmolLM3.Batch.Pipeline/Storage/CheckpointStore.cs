using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Finished completions of jobs that are not done. The first to be stored under a key stands; later ones give way to it.</summary>
public sealed class CheckpointStore(JobContainers containers)
{
    /// <summary>Keys that a job has stored.</summary>
    public async Task<IReadOnlySet<string>> ListAsync(JobId job, CancellationToken cancellationToken = default)
    {
        var prefix = BlobNames.CheckpointPrefix(job);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var blob in containers.Jobs.GetBlobsAsync(prefix: prefix, cancellationToken: cancellationToken)
            .ConfigureAwait(false))
            keys.Add(Path.GetFileNameWithoutExtension(blob.Name[prefix.Length..]));
        return keys;
    }

    /// <summary>What is stored under a key, or null.</summary>
    public async Task<T?> FindAsync<T>(JobId job, string key, JsonTypeInfo<T> type, CancellationToken cancellationToken = default)
        where T : class =>
        (await containers.Jobs.GetBlobClient(BlobNames.Checkpoint(job, key)).TryReadAsync(type, cancellationToken)
            .ConfigureAwait(false))?.Value;

    /// <summary>Stores under a key, and returns what stands there.</summary>
    public async Task<T> KeepAsync<T>(JobId job, string key, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken = default)
        where T : class
    {
        var blob = containers.Jobs.GetBlobClient(BlobNames.Checkpoint(job, key));
        if (await blob.TryCreateAsync(value, type, cancellationToken).ConfigureAwait(false))
            return value;
        // Gone again: another attempt has finished the job and cleaned up. This one's value is as good.
        return (await blob.TryReadAsync(type, cancellationToken).ConfigureAwait(false))?.Value ?? value;
    }

    /// <summary>Stores under a key, whatever stands there.</summary>
    public Task ReplaceAsync<T>(JobId job, string key, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken = default)
        where T : class =>
        containers.Jobs.GetBlobClient(BlobNames.Checkpoint(job, key))
            .UploadAsync(BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(value, type)), overwrite: true, cancellationToken);

    /// <summary>Removes all that a job has stored.</summary>
    public async Task ClearAsync(JobId job, CancellationToken cancellationToken = default)
    {
        await foreach (var blob in containers.Jobs.GetBlobsAsync(
            prefix: BlobNames.CheckpointPrefix(job), cancellationToken: cancellationToken).ConfigureAwait(false))
            await containers.Jobs.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken).ConfigureAwait(false);
    }
}
