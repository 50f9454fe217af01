using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SmolLM3.Batch.Cli.LocalPipeline;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Cli.Api;

/// <summary>The functions' HTTP API as the command uses it. <c>SMOLLM3_API_KEY</c> is sent as the function key where it is set.</summary>
internal sealed class JobsApiClient : IDisposable
{
    private readonly HttpClient _http;

    public JobsApiClient(Uri address, HttpMessageHandler? handler = null)
    {
        _http = new HttpClient(handler ?? new SocketsHttpHandler()) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(100) };
        if (Environment.GetEnvironmentVariable("SMOLLM3_API_KEY") is { Length: > 0 } key)
            _http.DefaultRequestHeaders.Add("x-functions-key", key);
    }

    /// <summary>The API at <paramref name="api"/>, in <c>SMOLLM3_API</c>, or of the local pipeline over <paramref name="state"/>.</summary>
    public static JobsApiClient Connect(string? api, string state)
    {
        api ??= Environment.GetEnvironmentVariable("SMOLLM3_API");
        if (api is not null)
        {
            if (!Uri.TryCreate(api.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                throw new CliException($"'{api}' is no address. Write it as https://NAME.azurewebsites.net.");
            return new JobsApiClient(address);
        }

        var running = Directory.Exists(state) ? new StateDirectory(state).Running() : null;
        return running is not null
            ? new JobsApiClient(new Uri(running.Api + "/"))
            : throw new CliException(
                $"No pipeline runs over {Path.GetFullPath(state)}. Start one with ./smollm3 up, or name one with --api URL.");
    }

    /// <summary>The record of a job, or null where there is none (yet).</summary>
    public async Task<JobRecord?> FindAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(
            HttpMethod.Get, $"api/jobs/{Uri.EscapeDataString(id)}"), cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        await EnsureAsync(response, cancellationToken);
        return await response.Content.ReadFromJsonAsync(BatchJson.Default.JobRecord, cancellationToken);
    }

    /// <summary>Jobs in the order of their ids, optionally of one state.</summary>
    public async Task<IReadOnlyList<JobRecord>> ListAsync(string? state, int most, CancellationToken cancellationToken)
    {
        var jobs = new List<JobRecord>();
        string? continuation = null;
        do
        {
            var query = $"api/jobs?limit={Math.Min(100, most - jobs.Count)}"
                + (state is null ? "" : $"&state={Uri.EscapeDataString(state)}")
                + (continuation is null ? "" : $"&continuation={Uri.EscapeDataString(continuation)}");
            using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, query), cancellationToken);
            await EnsureAsync(response, cancellationToken);
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            using var page = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            foreach (var item in page.RootElement.GetProperty("jobs").EnumerateArray())
                jobs.Add(item.Deserialize(BatchJson.Default.JobRecord)!);
            continuation = page.RootElement.TryGetProperty("continuation", out var next) ? next.GetString() : null;
        }
        while (continuation is not null && jobs.Count < most);

        return jobs;
    }

    /// <summary>Sends a request as the user wrote it; the id of the accepted job.</summary>
    public async Task<string> SubmitAsync(string requestJson, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/jobs") { Content = new StringContent(
            requestJson, Encoding.UTF8, "application/json") };
        using var response = await SendAsync(request, cancellationToken);
        await EnsureAsync(response, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var job = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
        return job.RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>Asks for a job to be cancelled.</summary>
    public async Task<JobRecord> CancelAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(
            HttpMethod.Delete, $"api/jobs/{Uri.EscapeDataString(id)}"), cancellationToken);
        await EnsureAsync(response, cancellationToken);
        return await FindAsync(id, cancellationToken) ?? throw new CliException($"There is no job {id}.");
    }

    /// <summary>A result in one of its formats.</summary>
    public async Task<byte[]> ResultAsync(string id, string task, string format, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"api/jobs/{Uri.EscapeDataString(id)}/results/{Uri.EscapeDataString(task)}?format={Uri.EscapeDataString(format)}"), cancellationToken);
        await EnsureAsync(response, cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new CliException($"The functions at {_http.BaseAddress} cannot be reached: {exception.Message}.", exception);
        }
        finally
        {
            request.Dispose();
        }
    }

    // RFC 9457: the problem's own words are better than the status code's.
    private static async Task EnsureAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode) return;
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        string? detail = null;
        try
        {
            using var problem = JsonDocument.Parse(body);
            detail = problem.RootElement.TryGetProperty("detail", out var text) ? text.GetString()
                : problem.RootElement.TryGetProperty("title", out var title) ? title.GetString() : null;
        }
        catch (JsonException)
        {
            // Not the functions' own answer: a proxy's or the platform's.
        }

        throw new CliException(detail ?? $"The functions answered {(int)response.StatusCode} {response.ReasonPhrase}.");
    }
}
