using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace SmolLM3.Batch.Pipeline;

/// <summary>JSON in blobs, under ETags.</summary>
internal static class JsonBlobs
{
    private static readonly BlobHttpHeaders Json = new() { ContentType = "application/json" };

    /// <summary>Writes a blob that must not exist yet; false if it does.</summary>
    public static async Task<bool> TryCreateAsync<T>(
        this BlobClient blob, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        await blob.TryCreateAsync(JsonSerializer.SerializeToUtf8Bytes(value, type), Json, null, cancellationToken)
            .ConfigureAwait(false) is not null;

    /// <summary>Writes a blob that must not exist yet; null if it does.</summary>
    public static async Task<ETag?> TryCreateAsync(
        this BlobClient blob, ReadOnlyMemory<byte> content, BlobHttpHeaders headers, IDictionary<string, string>? metadata,
        CancellationToken cancellationToken)
    {
        try
        {
            return await blob.PutAsync(content, headers, metadata, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412)
        {
            return null;
        }
    }

    /// <summary>Writes a blob that must still be at <paramref name="etag"/>; null if it is not.</summary>
    public static async Task<ETag?> TryReplaceAsync<T>(
        this BlobClient blob, T value, JsonTypeInfo<T> type, ETag etag, CancellationToken cancellationToken)
    {
        return await blob.TryReplaceAsync(JsonSerializer.SerializeToUtf8Bytes(value, type), Json, null, etag, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Writes a blob that must still be at <paramref name="etag"/>; null if it is not.</summary>
    public static async Task<ETag?> TryReplaceAsync(
        this BlobClient blob, ReadOnlyMemory<byte> content, BlobHttpHeaders headers, IDictionary<string, string>? metadata, ETag etag,
        CancellationToken cancellationToken)
    {
        try
        {
            return await blob.PutAsync(content, headers, metadata, new BlobRequestConditions { IfMatch = etag }, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.Status is 412 or 404)
        {
            return null;
        }
    }

    /// <summary>Reads a blob with its ETag; null if there is none.</summary>
    public static async Task<(T Value, ETag ETag)?> TryReadAsync<T>(
        this BlobClient blob, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            var download = await blob.DownloadContentAsync(cancellationToken).ConfigureAwait(false);
            var value = JsonSerializer.Deserialize(download.Value.Content.ToMemory().Span, type)
                ?? throw new InvalidDataException($"The blob {blob.BlobContainerName}/{blob.Name} holds null.");
            return (value, download.Value.Details.ETag);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The blob {blob.BlobContainerName}/{blob.Name} is damaged: {exception.Message}", exception);
        }
    }

    // One request whatever the size, so that a condition holds for the whole blob.
    private static async Task<ETag> PutAsync(
        this BlobClient blob, ReadOnlyMemory<byte> content, BlobHttpHeaders headers, IDictionary<string, string>? metadata,
        BlobRequestConditions conditions, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions { HttpHeaders = headers, Metadata = metadata, Conditions = conditions };
        return (await blob.UploadAsync(new BinaryData(content), options, cancellationToken).ConfigureAwait(false)).Value.ETag;
    }
}
