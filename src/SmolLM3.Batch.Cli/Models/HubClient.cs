using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace SmolLM3.Batch.Cli.Models;

/// <summary>Reads a model repository of the Hugging Face hub.</summary>
internal sealed class HubClient(HubEndpoint hub, HttpMessageHandler? handler = null) : IDisposable
{
    private readonly HttpClient _http = Create(hub, handler ?? new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15) });

    /// <summary>The commit a revision stands for and the files at it.</summary>
    public async Task<(string Commit, IReadOnlyList<HubFile> Files)> ListAsync(
        string repository, string revision, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            new HttpRequestMessage(
                HttpMethod.Get,
                $"api/models/{repository}/revision/{Uri.EscapeDataString(revision)}?blobs=true"), repository, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        try
        {
            using var json = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            var commit = json.RootElement.GetProperty("sha").GetString()!;
            var files = json.RootElement.GetProperty("siblings").EnumerateArray().Select(Read).ToList();
            return (commit, files);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CliException(
                $"What answers at {hub.Address} is not the hub's API: {exception.Message} Set HF_ENDPOINT to the hub or to a mirror of it.",
                exception);
        }
    }

    /// <summary>
    /// Opens a file from byte <paramref name="offset"/> on; the second value says where the answer begins (0 where ranges are not served).
    /// </summary>
    public async Task<(HttpResponseMessage Response, long Start)> OpenAsync(
        string repository, string commit, HubFile file, long offset, CancellationToken cancellationToken)
    {
        var path = string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString));
        var request = new HttpRequestMessage(HttpMethod.Get, $"{repository}/resolve/{commit}/{path}");
        if (offset > 0) request.Headers.Range = new RangeHeaderValue(offset, null);
        var response = await SendAsync(request, repository, cancellationToken);
        return (response, response.StatusCode == HttpStatusCode.PartialContent ? offset : 0);
    }

    public void Dispose() => _http.Dispose();

    private static HttpClient Create(HubEndpoint hub, HttpMessageHandler handler)
    {
        var client = new HttpClient(handler) { BaseAddress = hub.Address, Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("smollm3-batch/1.0");
        if (hub.Token is { Length: > 0 } token) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static HubFile Read(JsonElement sibling)
    {
        string? sha256 = null;
        if (sibling.TryGetProperty("lfs", out var lfs) && lfs.ValueKind == JsonValueKind.Object)
            sha256 = lfs.GetProperty("sha256").GetString();
        return new HubFile(
            sibling.GetProperty("rfilename").GetString()!,
            sibling.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number ? size.GetInt64() : -1,
            sha256,
            sibling.TryGetProperty("blobId", out var id) ? id.GetString() : null);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string repository, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new CliException(
                $"The hub at {hub.Address} cannot be reached ({exception.Message}). Downloading needs a connection to it; "
                + "behind a mirror set HF_ENDPOINT, or copy the checkpoint's folder here and name it with --model DIR.",
                exception);
        }

        if (response.IsSuccessStatusCode) return response;
        using (response)
        {
            throw new CliException(response.StatusCode switch
            {
                HttpStatusCode.NotFound => $"The hub has no model '{repository}' with that revision or file. Check the name: OWNER/NAME.",
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                    $"The hub refuses '{repository}': no such model, or one that is gated or private. Check the name, or set HF_TOKEN to a token that may read it.",
                _ => $"The hub answered {(int)response.StatusCode} {response.ReasonPhrase} for '{repository}'. Try again later.",
            });
        }
    }
}
