using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SmolLM3.Batch.Cli.LocalPipeline;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Cli.Api;

/// <summary>
/// The functions' HTTP API as the command uses it. <c>SMOLLM3_TOKEN</c>, an Entra ID access token, is sent where it is set: a deployed API
/// asks for one.
/// </summary>
internal sealed class JobsApiClient : IDisposable
{
    private readonly HttpClient _http;

    public JobsApiClient(Uri address, HttpMessageHandler? handler = null)
    {
        _http = new HttpClient(handler ?? new SocketsHttpHandler()) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(100) };
        if (Environment.GetEnvironmentVariable("SMOLLM3_TOKEN") is { Length: > 0 } token)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
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
    public Task<JobRecord?> FindAsync(string id, CancellationToken cancellationToken) => AskAsync<JobRecord?>(
        new HttpRequestMessage(HttpMethod.Get, $"api/jobs/{Uri.EscapeDataString(id)}"),
        async response =>
        {
            if (response.StatusCode == HttpStatusCode.NotFound) return null;
            using var job = await ReadAsync(response, cancellationToken);
            return job.RootElement.Deserialize(BatchJson.Default.JobRecord);
        },
        cancellationToken);

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
            continuation = await AskAsync<string?>(
                new HttpRequestMessage(HttpMethod.Get, query),
                async response =>
                {
                    using var page = await ReadAsync(response, cancellationToken);
                    foreach (var item in page.RootElement.GetProperty("jobs").EnumerateArray())
                        jobs.Add(item.Deserialize(BatchJson.Default.JobRecord)!);
                    return page.RootElement.TryGetProperty("continuation", out var next) ? next.GetString() : null;
                },
                cancellationToken);
        }
        while (continuation is not null && jobs.Count < most);

        return jobs;
    }

    /// <summary>Sends a request as the user wrote it; the id of the accepted job.</summary>
    public Task<string> SubmitAsync(string requestJson, CancellationToken cancellationToken) => AskAsync(
        new HttpRequestMessage(HttpMethod.Post, "api/jobs") { Content = new StringContent(requestJson, Encoding.UTF8, "application/json") },
        async response =>
        {
            using var job = await ReadAsync(response, cancellationToken);
            return job.RootElement.GetProperty("id").GetString()!;
        },
        cancellationToken);

    /// <summary>Asks for a job to be cancelled.</summary>
    public async Task<JobRecord> CancelAsync(string id, CancellationToken cancellationToken)
    {
        await AskAsync(
            new HttpRequestMessage(HttpMethod.Delete, $"api/jobs/{Uri.EscapeDataString(id)}"),
            async response =>
            {
                await EnsureAsync(response, cancellationToken);
                return response.StatusCode;
            },
            cancellationToken);
        return await FindAsync(id, cancellationToken) ?? throw new CliException($"There is no job {id}.");
    }

    /// <summary>A result in one of its formats.</summary>
    public Task<byte[]> ResultAsync(string id, string task, string format, CancellationToken cancellationToken) => AskAsync(
        new HttpRequestMessage(HttpMethod.Get, $"api/jobs/{Uri.EscapeDataString(id)}/results/{Uri.EscapeDataString(task)}?format={Uri.EscapeDataString(format)}"),
        async response =>
        {
            await EnsureAsync(response, cancellationToken);
            return await response.Content.ReadAsByteArrayAsync(cancellationToken);
        },
        cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<T> AskAsync<T>(
        HttpRequestMessage request, Func<HttpResponseMessage, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            using (request)
            using (var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken))
                return await read(response);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new CliException(
                $"The functions at {_http.BaseAddress} cannot be reached: {exception.Message}. See that they run and that the address is theirs.",
                exception) { MayPass = true };
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliException(
                $"The functions at {_http.BaseAddress} did not answer within {_http.Timeout.TotalSeconds:0} s. Try again later, or see whether the address is theirs.",
                exception) { MayPass = true };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // JSON of another shape shows by the second, a value of another kind by the third.
            throw new CliException(
                $"What answers at {_http.BaseAddress} is not the functions' API: {exception.Message} Name their address with --api, or in SMOLLM3_API.",
                exception);
        }
    }

    private static async Task<JsonDocument> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await EnsureAsync(response, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        return await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
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
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not the functions' own answer: a proxy's or the platform's.
        }

        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw new CliException(
                $"The functions answered {(int)response.StatusCode} {response.ReasonPhrase}. Set SMOLLM3_TOKEN to an access token for them: docs/deploy.md says how to get one.");
        throw new CliException(detail ?? $"The functions answered {(int)response.StatusCode} {response.ReasonPhrase}.")
        {
            MayPass = response.StatusCode >= HttpStatusCode.InternalServerError,
        };
    }
}
