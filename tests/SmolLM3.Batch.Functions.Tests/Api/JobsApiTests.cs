using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Functions.Tests.Api;

public class JobsApiTests
{
    private const string Request =
        """{"jobId":"j","text":"The rent is 900 euros.","tasks":[{"type":"prompt","options":{"instructions":"How much?"}}]}""";

    [Fact]
    public async Task SubmitJob_FromRequestToResult_IsServed()
    {
        await using var stack = await LocalStack.StartAsync();
        using var http = new ApiHarness(stack);
        var (jobs, results) = (http.Api<JobsApi>(), http.Api<ResultsApi>());

        var submitted = await http.CallAsync(request => jobs.SubmitJob(request, default), Request);
        Assert.Equal(
            (202, "/api/jobs/j", "accepted"), (submitted.Status, submitted.Headers.Location.ToString(), (string?)submitted.Json["state"]));
        Assert.Null(submitted.Json["fingerprint"]);
        Assert.Equal(202, (await http.CallAsync(request => jobs.SubmitJob(request, default), Request)).Status);

        var early = await http.CallAsync(request => results.GetResult(request, "j", "prompt", default));
        Assert.Equal((404, "result_not_found"), (early.Status, (string?)early.Json["code"]));
        Assert.Contains("accepted", (string?)early.Json["detail"]);

        await http.Process.WorkAsync("j");

        Assert.Equal("succeeded", (string?)(await http.CallAsync(request => jobs.GetJob(request, "j", default))).Json["state"]);
        Assert.Equal("j", (string?)(await http.CallAsync(request => results.GetManifest(request, "j", default))).Json["jobId"]);
        foreach (var (accept, type) in new[]
        {
            ("application/json", "application/json"), ("text/html, */*;q=0.1", "text/html"), ("text/markdown", "text/markdown"),
            ("*/*", "application/json"), ("text/html;q=0.5, text/markdown", "text/markdown"), ("text/html;q=0, text/*", "text/markdown"),
        })
        {
            var result = await http.CallAsync(request => results.GetResult(request, "j", "prompt", default), accept: accept);
            Assert.Equal(200, result.Status);
            Assert.StartsWith(type, result.Headers.ContentType.ToString());
            Assert.Equal("nosniff", result.Headers.XContentTypeOptions.ToString());
        }
        Assert.StartsWith("text/html", (await http.CallAsync(
            request => results.GetResult(request, "j", "prompt", default), query: "?format=html")).Headers.ContentType.ToString());
        Assert.Equal(
            406, (await http.CallAsync(request => results.GetResult(request, "j", "prompt", default), accept: "image/png")).Status);
        Assert.Equal(
            400, (await http.CallAsync(request => results.GetResult(request, "j", "prompt", default), query: "?format=exe")).Status);
        Assert.Equal(404, (await http.CallAsync(request => results.GetResult(request, "j", "../manifest", default))).Status);
    }

    [Theory]
    [InlineData("not json", 400, "invalid_request")]
    [InlineData("""{"text":"x","tasks":[{"type":"summarize"}],"colour":1}""", 400, "invalid_request")]
    [InlineData("""{"document":"nowhere.pdf","tasks":[{"type":"summarize"}]}""", 400, "invalid_request")]
    public async Task SubmitJob_WrongRequest_IsAProblemAndNoJob(string body, int status, string code)
    {
        await using var stack = await LocalStack.StartAsync();
        using var http = new ApiHarness(stack);
        var jobs = http.Api<JobsApi>();
        var answer = await http.CallAsync(request => jobs.SubmitJob(request, default), body);
        Assert.Equal((status, code), (answer.Status, (string?)answer.Json["code"]));
        Assert.StartsWith("application/problem+json", answer.Headers.ContentType.ToString());
        Assert.NotEmpty(answer.Json["errors"]!.AsArray());
        Assert.Equal(status, (int)answer.Json["status"]!);
        Assert.Empty(await stack.BlobNamesAsync("jobs"));
    }

    [Fact]
    public async Task SubmitJob_IdOfAnotherRequest_Conflicts()
    {
        await using var stack = await LocalStack.StartAsync();
        using var http = new ApiHarness(stack);
        var jobs = http.Api<JobsApi>();
        await http.CallAsync(request => jobs.SubmitJob(request, default), Request);
        Assert.Equal(409, (await http.CallAsync(request => jobs.SubmitJob(request, default), Request.Replace("900", "901"))).Status);
        Assert.Equal(415, (await http.CallAsync(request => jobs.SubmitJob(request, default), Request, contentType: "text/plain")).Status);
    }

    [Fact]
    public async Task ListJobs_PagesAndStates_FindEveryJobOnce()
    {
        await using var stack = await LocalStack.StartAsync();
        using var http = new ApiHarness(stack);
        var jobs = http.Api<JobsApi>();
        for (var i = 0; i < 7; i++)
            await http.CallAsync(request => jobs.SubmitJob(request, default), Request.Replace("\"j\"", $"\"j{i}\""));
        await http.Process.WorkAsync("j3");
        await http.CallAsync(request => jobs.CancelJob(request, "j4", default));

        Assert.Equal(["j0", "j1", "j2", "j3", "j4", "j5", "j6"], await ListAsync(""));
        Assert.Equal(["j3"], await ListAsync("&state=succeeded"));
        Assert.Equal(["j4"], await ListAsync("&state=cancelled"));
        Assert.Equal(["j0", "j1", "j2", "j5", "j6"], await ListAsync("&state=accepted"));
        Assert.Equal(400, (await http.CallAsync(request => jobs.ListJobs(request, default), query: "?state=done")).Status);
        Assert.Equal(400, (await http.CallAsync(request => jobs.ListJobs(request, default), query: "?limit=0")).Status);

        async Task<List<string>> ListAsync(string filter)
        {
            var ids = new List<string>();
            var continuation = "";
            do
            {
                var page = (
                    await http.CallAsync(request => jobs.ListJobs(request, default), query: $"?limit=3{filter}{continuation}")).Json;
                ids.AddRange(page["jobs"]!.AsArray().Select(job => (string)job!["id"]!));
                continuation = page["continuation"] is { } next ? $"&continuation={Uri.EscapeDataString((string)next!)}" : "";
            }
            while (continuation.Length > 0);
            return ids;
        }
    }

    [Fact]
    public async Task CancelJob_AcceptedRunningUnknown_AnswersAccordingly()
    {
        await using var stack = await LocalStack.StartAsync();
        using var http = new ApiHarness(stack);
        var jobs = http.Api<JobsApi>();
        await http.CallAsync(request => jobs.SubmitJob(request, default), Request);
        var cancelled = await http.CallAsync(request => jobs.CancelJob(request, "j", default));
        Assert.Equal((200, "cancelled"), (cancelled.Status, (string?)cancelled.Json["state"]));
        Assert.Equal(404, (await http.CallAsync(request => jobs.CancelJob(request, "nobody", default))).Status);
        Assert.Equal(404, (await http.CallAsync(request => jobs.GetJob(request, "no%20id", default))).Status);
    }

    [Fact]
    public async Task AnyCall_StorageAway_Is503AndTheLogSaysWhy()
    {
        await using var stack = await LocalStack.StartAsync();
        using var log = new LastLines();
        using var http = new ApiHarness(stack, LocalStack.Unreachable, log);
        var answers = new[]
        {
            await http.CallAsync(
                request => http.Api<JobsApi>().SubmitJob(request, default), """{"text":"x","tasks":[{"type":"summarize"}]}"""),
            await http.CallAsync(request => http.Api<JobsApi>().GetJob(request, "job", default)),
            await http.CallAsync(request => http.Api<BatchesApi>().ListBatches(request, default)),
        };
        Assert.All(answers, answer => Assert.Equal(503, answer.Status));
        Assert.Equal(3, log.Lines.Count);
        Assert.All(log.Lines, line => Assert.Contains("refused", line, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task AnyCall_DamagedRecord_Is500WithABodyAndTheLogHasTheCause()
    {
        await using var stack = await LocalStack.StartAsync();
        using var log = new LastLines();
        using var http = new ApiHarness(stack, log: log);
        var records = stack.Blobs.GetBlobContainerClient(ContainerNames.Jobs);
        await records.GetBlobClient(BlobNames.Record(JobId.Parse("job"))).UploadAsync(new BinaryData("{ cut"));
        await records.GetBlobClient(BlobNames.BatchRecord("batch_1")).UploadAsync(new BinaryData("{ cut"));

        var job = await http.CallAsync(request => http.Api<JobsApi>().GetJob(request, "job", default));
        var batch = await http.CallAsync(request => http.Api<BatchesApi>().GetBatch(request, "batch_1", default));

        Assert.Equal((500, ErrorCodes.InternalError), (job.Status, (string?)job.Json["code"]));
        Assert.Equal(
            (500, ErrorCodes.InternalError, "server_error"),
            (batch.Status, (string?)batch.Json["error"]!["code"], (string?)batch.Json["error"]!["type"]));
        Assert.All([job.Body, batch.Body], body => Assert.DoesNotContain("Json", body, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(2, log.Lines.Count);
        Assert.All(log.Lines, line => Assert.Contains(nameof(InvalidDataException), line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lists_OneRecordDamaged_ShowTheOthers()
    {
        await using var stack = await LocalStack.StartAsync();
        using var http = new ApiHarness(stack);
        await http.CallAsync(request => http.Api<JobsApi>().SubmitJob(request, default), Request);
        var records = stack.Blobs.GetBlobContainerClient(ContainerNames.Jobs);
        await records.GetBlobClient(BlobNames.Record(JobId.Parse("damaged"))).UploadAsync(new BinaryData("{ cut"));
        await records.GetBlobClient(BlobNames.BatchRecord("batch_1")).UploadAsync(new BinaryData("{ cut"));
        await records.GetBlobClient(BlobNames.FileRecord("file-1")).UploadAsync(new BinaryData("{ cut"));

        var jobs = await http.CallAsync(request => http.Api<JobsApi>().ListJobs(request, default));
        var batches = await http.CallAsync(request => http.Api<BatchesApi>().ListBatches(request, default));
        var files = await http.CallAsync(request => http.Api<FilesApi>().ListFiles(request, default));

        Assert.Equal((200, 200, 200), (jobs.Status, batches.Status, files.Status));
        Assert.Equal(["j"], jobs.Json["jobs"]!.AsArray().Select(job => (string?)job!["id"]));
    }

    [Fact]
    public async Task ListJobs_ContinuationOfNobody_Is400()
    {
        await using var stack = await LocalStack.StartAsync();
        using var http = new ApiHarness(stack);

        var answer = await http.CallAsync(request => http.Api<JobsApi>().ListJobs(request, default), query: "?continuation=made-up");

        Assert.Equal((400, "continuation"), (answer.Status, (string?)answer.Json["errors"]![0]!["path"]));
    }

    [Fact]
    public async Task SubmitJob_QueueAway_IsAcceptedSinceTheReconcilerQueuesIt()
    {
        await using var stack = await LocalStack.StartAsync();
        using var http = new ApiHarness(stack, sender: new FlakySender(stack.Bus, takes: 0));

        var answer = await http.CallAsync(request => http.Api<JobsApi>().SubmitJob(request, default), Request);

        Assert.Equal((202, "accepted"), (answer.Status, (string?)answer.Json["state"]));
    }

    private sealed class LastLines : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) =>
            categoryName.EndsWith(nameof(Problems), StringComparison.Ordinal) ? this : NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{formatter(state, exception)} {exception?.GetType().Name}");

        public void Dispose()
        {
        }
    }
}
