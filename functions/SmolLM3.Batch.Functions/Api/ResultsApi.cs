using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Pipeline;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Functions;

/// <summary><c>/api/jobs/{id}/results</c>: the manifest, and the results in the format asked for.</summary>
public sealed class ResultsApi(JobDirectory jobs)
{
    /// <summary>The manifest of a job that is done.</summary>
    [Function(nameof(GetManifest))]
    public Task<IResult> GetManifest(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/jobs/{id}/results")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        Problems.GuardAsync(request, async () =>
            JobId.TryParse(id, out var job) && await jobs.FindManifestAsync(job, cancellationToken).ConfigureAwait(false) is { } manifest
                ? TypedResults.Text(JsonSerializer.Serialize(manifest, BatchJson.Readable.Manifest), "application/json")
                : await MissingAsync(id, null, cancellationToken).ConfigureAwait(false));

    /// <summary>One task's result in the format of <c>?format=</c> or the Accept header, or a file that the manifest names.</summary>
    [Function(nameof(GetResult))]
    public Task<IResult> GetResult(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/jobs/{id}/results/{task}")] HttpRequest request, string id, string task, CancellationToken cancellationToken) =>
        Problems.GuardAsync(request, async () =>
        {
            var formats = ResultFormats.Of(request);
            if (formats.Count == 0)
                return Problems.Of(
                    StatusCodes.Status406NotAcceptable, "not_acceptable", "There is no such format.",
                    "Accept application/json, text/markdown or text/html, or name a file of the manifest.");
            if (!JobId.TryParse(id, out var job) || await jobs.OpenResultAsync(job, task, formats, cancellationToken)
                .ConfigureAwait(false) is not { } result)
                return await MissingAsync(id, task, cancellationToken).ConfigureAwait(false);

            var headers = request.HttpContext.Response.Headers;
            headers.Vary = HeaderNames.Accept;
            headers.XContentTypeOptions = "nosniff";
            // Results quote documents, which nobody vouches for.
            headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";
            return TypedResults.Stream(
                result.Content, result.File.ContentType, entityTag: new EntityTagHeaderValue($"\"{result.File.Sha256}\""));
        });

    private async Task<IResult> MissingAsync(string id, string? task, CancellationToken cancellationToken)
    {
        if (!JobId.TryParse(id, out var job) || await jobs.FindAsync(job, cancellationToken).ConfigureAwait(false) is not { } record)
            return Problems.JobNotFound(id);
        var detail = !record.State.IsFinal() ? $"The job is {record.State.ToName()}: its results are not there yet."
            : record.Outcomes.Count == 0 ? $"The job is {record.State.ToName()} and has no results: {record.Error?.Message}"
            : task is null ? "The job has no manifest."
            : $"The job has no result '{task}' in the format asked for, and no file of that name. Its tasks are {string.Join(", ", record.Outcomes.Select(outcome => outcome.Name))}.";
        return Problems.Of(StatusCodes.Status404NotFound, ErrorCodes.ResultNotFound, "There is no such result.", detail);
    }
}
