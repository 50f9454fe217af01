using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SmolLM3.Local.BlobServer.Operations;
using SmolLM3.Local.BlobServer.Protocol;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer;

/// <summary>Takes every request: who asks, what is asked, and how it is said that it went wrong.</summary>
internal sealed partial class BlobEndpoint(
    Dispatcher dispatcher, ContainerStore containers, SharedKeySignature signature, string folder, ILogger logger)
{
    private const int DiskFullOnUnix = 28;
    private const int QuotaExceededOnUnix = 122;
    private const int DiskFullOnWindows = unchecked((int)0x80070070);

    public async Task HandleAsync(HttpContext http)
    {
        http.Response.Headers.Server = "SmolLM3.Local.BlobServer";
        http.Response.Headers["x-ms-request-id"] = http.TraceIdentifier;
        http.Response.Headers["x-ms-version"] = http.Request.Headers.TryGetValue("x-ms-version", out var version)
            ? version.ToString()
            : "2023-01-03";
        if (http.Request.Headers.TryGetValue("x-ms-client-request-id", out var clientId))
            http.Response.Headers["x-ms-client-request-id"] = clientId;
        try
        {
            BlobRequest request = BlobRequest.Parse(http);
            if (!signature.Verify(request))
                CheckAnonymous(request);
            await dispatcher.RunAsync(request).ConfigureAwait(false);
        }
        catch (StorageException error)
        {
            await AnswerAsync(http, error).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
        }
        catch (BadHttpRequestException error)
        {
            await AnswerAsync(http, new StorageException(error.StatusCode, "InvalidInput", error.Message)).ConfigureAwait(false);
        }
        catch (IOException error) when (error.HResult is DiskFullOnUnix or QuotaExceededOnUnix or DiskFullOnWindows)
        {
            LogFailure(error, http.Request.Method, http.Request.Path);
            await AnswerAsync(http, StorageException.DiskFull(folder)).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogFailure(error, http.Request.Method, http.Request.Path);
            await AnswerAsync(
                http, new StorageException(500, "InternalError", $"{error.GetType().Name}: {error.Message}")).ConfigureAwait(false);
        }
    }

    /// <summary>Without a signature only what a container's owner made public can be read.</summary>
    private void CheckAnonymous(BlobRequest request)
    {
        bool reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        string? access = request.Container is not null && reads ? containers.Get(request.Container).PublicAccess : null;
        if (access is null || (access == "blob" && request.Blob is null))
            throw new StorageException(
                401, "NoAuthenticationInformation", "Server failed to authenticate the request. Sign it with the account's key.");
    }

    private static async Task AnswerAsync(HttpContext http, StorageException error)
    {
        HttpResponse response = http.Response;
        if (response.HasStarted)
        {
            // The status line is gone: only a broken connection still tells the client that the body is not whole.
            http.Abort();
            return;
        }

        response.ContentLength = null;
        response.StatusCode = error.Status;
        response.Headers["x-ms-error-code"] = error.Code;
        foreach (var (name, value) in error.Headers)
            response.Headers[name] = value;
        if (error.Status == StatusCodes.Status304NotModified || HttpMethods.IsHead(http.Request.Method))
            return;

        byte[] body = XmlBody.ToBytes(new XElement(
            "Error",
            new XElement("Code", error.Code),
            XmlBody.Name("Message", $"{error.Message}\nRequestId:{http.TraceIdentifier}"),
            error.Details.Select(detail => XmlBody.Name(detail.Key, detail.Value))));
        response.ContentType = "application/xml";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed.")]
    private partial void LogFailure(Exception error, string method, string path);
}
