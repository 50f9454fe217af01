using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Pipeline;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Functions;

/// <summary><c>/api/jobs</c>: submit, look, cancel.</summary>
public sealed class JobsApi(JobIntake intake, JobIds ids, JobDirectory jobs)
{
    private const int DefaultPageSize = 50;

    /// <summary>Submits a job: 202, and where to look for it.</summary>
    [Function(nameof(SubmitJob))]
    public Task<IResult> SubmitJob(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/jobs")] HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(request, async () =>
        {
            if (request.ContentType is { Length: > 0 } type && !type.Contains("json", StringComparison.OrdinalIgnoreCase))
            {
                return Problems.Of(
                    StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "The request must be JSON.",
                    $"Send the request as application/json, not as {type}.");
            }
            var body = await RequestBody.ReadAsync(request, RequestLimits.Default.Bytes, cancellationToken).ConfigureAwait(false);
            var read = JobRequestReader.Read(body);
            var job = await intake.AcceptAsync(read, read.JobId ?? ids.Next(), JobDoor.Http, cancellationToken).ConfigureAwait(false);
            request.HttpContext.Response.Headers.Location = $"/api/jobs/{job.Id}";
            return Json(job, StatusCodes.Status202Accepted);
        });

    /// <summary>Lists jobs by id, in pages: <c>state</c>, <c>limit</c>, <c>continuation</c>.</summary>
    [Function(nameof(ListJobs))]
    public Task<IResult> ListJobs(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/jobs")] HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(request, async () =>
        {
            var (state, limit) = (ReadState(request.Query["state"]), ReadLimit(request.Query["limit"]));
            string? continuation = request.Query["continuation"];
            var page = await jobs.ListAsync(state, limit, string.IsNullOrEmpty(continuation) ? null : continuation, cancellationToken)
                .ConfigureAwait(false);
            var list = new JsonObject
            {
                ["jobs"] = new JsonArray([.. page.Jobs.Select(job => JsonSerializer.SerializeToNode(job.ForUsers(), BatchJson.Default.JobRecord))]),
                ["continuation"] = page.Continuation,
            };
            return TypedResults.Text(list.ToJsonString(BatchJson.Readable.Options), "application/json");
        });

    /// <summary>One job.</summary>
    [Function(nameof(GetJob))]
    public Task<IResult> GetJob(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/jobs/{id}")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        Problems.GuardAsync(request, async () =>
            JobId.TryParse(id, out var job) && await jobs.FindAsync(job, cancellationToken).ConfigureAwait(false) is { } record
                ? Json(record, StatusCodes.Status200OK)
                : Problems.JobNotFound(id));

    /// <summary>Asks a job to end: 200 if it is over, 202 while its worker still has to see it.</summary>
    [Function(nameof(CancelJob))]
    public Task<IResult> CancelJob(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/jobs/{id}")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        Problems.GuardAsync(request, async () =>
            JobId.TryParse(id, out var job) && await jobs.CancelAsync(job, cancellationToken).ConfigureAwait(false) is { } record
                ? Json(record, record.State.IsFinal() ? StatusCodes.Status200OK : StatusCodes.Status202Accepted)
                : Problems.JobNotFound(id));

    private static IResult Json(JobRecord job, int status) =>
        TypedResults.Text(JsonSerializer.Serialize(job.ForUsers(), BatchJson.Readable.JobRecord), "application/json", statusCode: status);

    private static JobState? ReadState(string? text) => string.IsNullOrEmpty(text) ? null
        : JobStates.TryParse(text, out var state) ? state
        : throw new InvalidRequestException(
            "state", $"There is no state '{text}'. States are {string.Join(", ", JobStates.All.Select(known => known.ToName()))}.");

    private static int ReadLimit(string? text) => string.IsNullOrEmpty(text) ? DefaultPageSize
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            && limit is >= 1 and <= JobDirectory.MaxPageSize ? limit
        : throw new InvalidRequestException("limit", $"'{text}' is no number from 1 to {JobDirectory.MaxPageSize}.");
}
