using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Core.Tests.Jobs;

public class JobRequestReaderTests
{
    [Fact]
    public void Read_EveryField_IsTaken()
    {
        var request = Read("""
            {"jobId":"my-job","document":"contracts/a.pdf","tasks":[{"type":"translate","options":{"target":"fr"}},{"type":"summarize"}],
             "priority":"high","deadline":"2026-12-31T18:00:00+01:00","callbackUrl":"https://example.com/done","metadata":{"b":"2","a":"1"}}
            """);
        Assert.Equal("my-job", request.JobId.ToString());
        Assert.Equal("contracts/a.pdf", request.Document);
        Assert.Equal("fr", (string?)request.Tasks[0].Options!["target"]);
        Assert.Null(request.Tasks[1].Options);
        Assert.Equal(JobPriority.High, request.Priority);
        Assert.Equal(new DateTimeOffset(2026, 12, 31, 17, 0, 0, TimeSpan.Zero), request.Deadline);
        Assert.Equal("https://example.com/done", request.CallbackUrl!.ToString());
        Assert.Equal(["a", "b"], request.Metadata.Keys);
    }

    [Fact]
    public void Read_UnknownField_IsNamedWithItsLikelyMeaning()
    {
        var problem = Assert.Single(Problems("""{"text":"x","tasks":[{"type":"summarize"}],"dead_line":"2026-01-01T00:00:00Z"}"""));
        Assert.Equal("dead_line", problem.Path);
        Assert.Contains("Did you mean 'deadline'?", problem.Message);
    }

    /// <summary>The parser lets it pass; whoever writes the options again would trip over it.</summary>
    [Fact]
    public void Read_OptionsWithHalfASurrogatePair_IsAProblemOfTheirs()
    {
        var problem = Assert.Single(Problems("""{"text":"x","tasks":[{"type":"prompt","options":{"instructions":"\ud800"}}]}"""));
        Assert.Equal("tasks[0].options", problem.Path);
        Assert.Contains("surrogate", problem.Message);
    }

    [Fact]
    public void Read_ThousandsOfProblems_ListsFiftyAndSaysThatThereAreMore()
    {
        var fields = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"wrong{i}\":1"));
        var problems = Problems($"{{{fields}}}");
        Assert.Equal(51, problems.Count);
        Assert.Contains("more", problems[^1].Message);
    }

    [Fact]
    public void Read_UnknownTask_ListsTheKnown()
    {
        var problem = Assert.Single(Problems("""{"text":"x","tasks":[{"type":"summarise"}]}"""));
        Assert.Equal("tasks[0].type", problem.Path);
        Assert.Contains("'summarise'", problem.Message);
        Assert.Contains("Did you mean 'summarize'?", problem.Message);
        Assert.Contains("contract-analysis", problem.Message);
    }

    [Fact]
    public void Read_SeveralProblems_ReportsAll()
    {
        var problems = Problems("""
            {"jobId":"no/good","document":"a","text":"b","tasks":[{"type":"summarize","optoins":{}},5],"priority":"urgent","deadline":"tomorrow",
             "callbackUrl":"ftp://x","metadata":{"a":1},"more":true}
            """);
        Assert.Equal(
            ["more", "jobId", "tasks[0].optoins", "tasks[1]", "priority", "deadline", "callbackUrl", "metadata.a", ""],
            problems.Select(problem => problem.Path));
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("hello", "no valid JSON")]
    [InlineData("[]", "must be a JSON object, not an array")]
    [InlineData("null", "not null")]
    [InlineData("""{"text":"a","text":"b","tasks":[]}""", "no valid JSON")]
    [InlineData("""{"text":"x","tasks":[{"type":"summarize"}]} extra""", "no valid JSON")]
    [InlineData("""{"\ud800":1}""", "a name that is no text")]
    public void Read_NoRequest_SaysWhy(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidRequestException>(() => Read(json)).Message);

    [Theory]
    [InlineData("""{"tasks":[{"type":"summarize"}]}""", "Give 'document'")]
    [InlineData("""{"text":"","tasks":[{"type":"summarize"}]}""", "0 characters")]
    [InlineData("""{"text":"  \n","tasks":[{"type":"summarize"}]}""", "blank")]
    [InlineData("""{"text":"x"}""", "at least one task")]
    [InlineData("""{"text":"x","tasks":[]}""", "at least one task")]
    [InlineData("""{"document":"../secret","tasks":[{"type":"summarize"}]}""", "no blob name")]
    [InlineData("""{"document":"/a","tasks":[{"type":"summarize"}]}""", "no blob name")]
    [InlineData("""{"document":"file:///etc/passwd","tasks":[{"type":"summarize"}]}""", "no https URL")]
    [InlineData("""{"document":"https://user:pass@host/a","tasks":[{"type":"summarize"}]}""", "password")]
    [InlineData("""{"text":"\udc00","tasks":[{"type":"summarize"}]}""", "surrogate")]
    [InlineData("""{"text":"x","tasks":[{"type":"summarize"}],"deadline":"2026-01-01T00:00:00"}""", "offset")]
    public void Read_WrongValue_SaysWhatWouldBeRight(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidRequestException>(() => Read(json)).Message);

    [Fact]
    public void Read_OverTheLimits_IsRefused()
    {
        var limits = new RequestLimits { TextLength = 10, Tasks = 2, OptionsBytes = 20, MetadataEntries = 1, MetadataKeyLength = 3, MetadataValueLength = 3, Bytes = 300 };
        Assert.Contains("11 characters", Message("""{"text":"12345678901","tasks":[{"type":"summarize"}]}"""));
        Assert.Contains("at most 2", Message("""{"text":"x","tasks":[{"type":"summarize"},{"type":"summarize"},{"type":"summarize"}]}"""));
        Assert.Contains(
            "larger than 20 bytes", Message("""{"text":"x","tasks":[{"type":"summarize","options":{"focus":"a long question"}}]}"""));
        Assert.Contains("at most 1", Message("""{"text":"x","tasks":[{"type":"summarize"}],"metadata":{"a":"1","b":"2"}}"""));
        Assert.Contains("1 to 3", Message("""{"text":"x","tasks":[{"type":"summarize"}],"metadata":{"abcd":"1"}}"""));
        Assert.Contains("metadata.a", Message("""{"text":"x","tasks":[{"type":"summarize"}],"metadata":{"a":"1234"}}"""));
        Assert.Contains(
            "at most 300",
            Message("""{"text":"x","tasks":[{"type":"summarize"}],"metadata":{"a":"LONG"}}""".Replace("LONG", new string('x', 300))));

        string Message(string json) =>
            Assert.Throws<InvalidRequestException>(() => JobRequestReader.Read(Encoding.UTF8.GetBytes(json), limits)).Message;
    }

    [Fact]
    public void ReadSidecar_WithADocument_IsRefused()
    {
        var exception = Assert.Throws<InvalidRequestException>(
            () => JobRequestReader.ReadSidecar("""{"document":"a","tasks":[{"type":"summarize"}]}"""u8.ToArray()));
        Assert.Equal("document", Assert.Single(exception.Problems).Path);
    }

    [Fact]
    public void Read_WhateverTheBytes_AnswersOrRefuses()
    {
        var random = new Random(11);
        var valid = Encoding.UTF8.GetBytes("""{"jobId":"a","text":"t","tasks":[{"type":"prompt","options":{"instructions":"x"}}],"metadata":{"k":"v"},"deadline":"2026-12-31T18:00:00Z"}""");
        var refused = 0;
        for (var run = 0; run < 5000; run++)
        {
            var bytes = (byte[])valid.Clone();
            for (var i = random.Next(1, 4); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                JobRequestReader.Read(bytes);
            }
            catch (InvalidRequestException exception)
            {
                Assert.NotEmpty(exception.Problems);
                refused++;
            }
        }
        Assert.InRange(refused, 4000, 5000);
    }

    [Fact]
    public void Fingerprint_IgnoresTheIdAndNothingElse()
    {
        var request = Read("""{"text":"x","tasks":[{"type":"summarize","options":{"a":1}}],"metadata":{"b":"2","a":"1"}}""");
        Assert.Equal(RequestFingerprint.Of(request), RequestFingerprint.Of(request with { JobId = JobId.Parse("other") }));
        Assert.Equal(
            RequestFingerprint.Of(request),
            RequestFingerprint.Of(Read("""{"metadata":{"a":"1","b":"2"},"tasks":[{"options":{"a":1},"type":"summarize"}],"text":"x"}""")));
        Assert.NotEqual(RequestFingerprint.Of(request), RequestFingerprint.Of(request with { Priority = JobPriority.Low }));
        Assert.NotEqual(
            RequestFingerprint.Of(request),
            RequestFingerprint.Of(request with { Tasks = [new TaskRequest("summarize", new JsonObject { ["a"] = 2 })] }));
    }

    [Fact]
    public void JobRecord_AsJson_RoundTrips()
    {
        var request = Read("""{"text":"x","tasks":[{"type":"summarize","options":{"a":1}}],"metadata":{"a":"1"}}""");
        var record = new JobRecord
        {
            Id = JobId.Parse("j"), State = JobState.PartiallySucceeded, Door = JobDoor.Upload, Tasks = request.Tasks,
            Metadata = request.Metadata,
            CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch, Usage = new(1, 2, 3),
            Outcomes = [new("summarize", true)],
            Document = new DocumentReference { Name = "a.pdf", Container = "documents", Blob = "summarize/a.pdf" },
        };
        var json = JsonSerializer.Serialize(record, BatchJson.Readable.JobRecord);
        Assert.Contains("\"state\": \"partially_succeeded\"", json);
        Assert.Contains("\"door\": \"upload\"", json);
        var read = JsonSerializer.Deserialize(json, BatchJson.Default.JobRecord)!;
        Assert.Equal(json, JsonSerializer.Serialize(read, BatchJson.Readable.JobRecord));
    }

    private static JobRequest Read(string json) => JobRequestReader.Read(Encoding.UTF8.GetBytes(json));

    private static IReadOnlyList<RequestProblem> Problems(string json) => Assert.Throws<InvalidRequestException>(() => Read(json)).Problems;
}
