using SmolLM3.Local.BlobServer.Protocol;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Operations;

/// <summary>Bytes between requests, files and responses, a buffer at a time.</summary>
internal static class Bodies
{
    public const int BufferLength = 1 << 17;

    public static Task<StagedContent> StageAsync(BlobStore blobs, BlobRequest request, BodyChecksum checksum)
    {
        if (request.Http.ContentLength is null)
            throw new StorageException(411, "MissingContentLengthHeader", "The Content-Length header was not specified.");
        return blobs.StageAsync(
            request.Address, (file, cancellation) =>
                request.Http.Body.CopyToAsync(file, BufferLength, cancellation), checksum.Observer, request.Aborted);
    }

    public static async Task CopyAsync(Stream source, Stream target, long length, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(BufferLength, Math.Max(length, 1))];
        while (length > 0)
        {
            int read = await source.ReadAsync(
                buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                throw new IOException("The file behind the blob was cut short while it was read.");
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            length -= read;
        }
    }
}
