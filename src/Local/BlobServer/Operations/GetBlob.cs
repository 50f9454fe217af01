using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using SmolLM3.Local.BlobServer.Protocol;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Operations;

/// <summary>Get Blob and Get Blob Properties.</summary>
internal sealed class GetBlob(BlobStore blobs)
{
    private const long MaxHashedRange = 4 * 1024 * 1024;

    public async Task RunAsync(BlobRequest request)
    {
        var conditions = Conditions.Of(request);
        var (blob, content) = await blobs.OpenAsync(
            request.Address, view => Check(request, conditions, view), request.Aborted).ConfigureAwait(false);
        await using (content)
        {
            HttpResponse response = request.Response;
            response.Describe(blob.Record, blobs.Now);
            long length = blob.Record.File.Length;
            if (HttpMethods.IsHead(request.Method))
            {
                response.ContentLength = length;
                SetMd5(response, "Content-MD5", blob.Record);
                return;
            }

            HttpRange? range = HttpRange.Of(request, length);
            if (range is { } part)
            {
                response.StatusCode = StatusCodes.Status206PartialContent;
                response.Headers.ContentRange = string.Create(
                    CultureInfo.InvariantCulture, $"bytes {part.Offset}-{part.Offset + part.Length - 1}/{length}");
                SetMd5(response, "x-ms-blob-content-md5", blob.Record);
                content.Position = part.Offset;
                length = part.Length;
            }
            else
            {
                SetMd5(response, "Content-MD5", blob.Record);
            }

            response.ContentLength = length;
            await SendAsync(request, content, length).ConfigureAwait(false);
        }
    }

    private void Check(BlobRequest request, Conditions conditions, BlobView? view)
    {
        if (view is null)
            throw blobs.NotFound(request.Address);
        LeaseChecks.CheckRead(request, view.Record.Lease, blobs.Now);
        conditions.CheckRead(view.Record);
    }

    private static async Task SendAsync(BlobRequest request, FileStream content, long length)
    {
        bool md5 = request.Flag("x-ms-range-get-content-md5");
        bool crc64 = request.Flag("x-ms-range-get-content-crc64");
        if (!md5 && !crc64)
        {
            await Bodies.CopyAsync(content, request.Response.Body, length, request.Aborted).ConfigureAwait(false);
            return;
        }

        if (length > MaxHashedRange || (md5 && crc64))
            throw new StorageException(400, "OutOfRangeInput", "A checksum can be asked for ranges of at most 4 MiB, one kind at a time.");
        var bytes = new byte[length];
        await content.ReadExactlyAsync(bytes, request.Aborted).ConfigureAwait(false);
        request.Response.Headers[md5 ? "Content-MD5" : "x-ms-content-crc64"] =
            Convert.ToBase64String(md5 ? MD5.HashData(bytes) : Crc64(bytes));
        await request.Response.Body.WriteAsync(bytes, request.Aborted).ConfigureAwait(false);
    }

    private static byte[] Crc64(byte[] bytes)
    {
        var crc = new StorageCrc64();
        crc.Append(bytes);
        return crc.Hash;
    }

    private static void SetMd5(HttpResponse response, string header, BlobRecord blob)
    {
        if (blob.Headers.ContentMd5 is { } md5)
            response.Headers[header] = md5;
    }
}
