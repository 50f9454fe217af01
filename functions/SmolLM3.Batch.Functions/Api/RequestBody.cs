using Microsoft.AspNetCore.Http;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Functions;

/// <summary>Reads the body of a request, and not more of it than allowed.</summary>
internal static class RequestBody
{
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var buffer = new byte[81920];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            if (body.Length + read > maxBytes)
                throw new InvalidRequestException(
                    "", $"The request is larger than {maxBytes:N0} bytes. Upload the document as a blob and name it in 'document'.");
            body.Write(buffer, 0, read);
        }
        return body.ToArray();
    }
}
