using System.Net;
using SmolLM3.Batch.Cli.Api;
using SmolLM3.Batch.Cli.Output;
using SmolLM3.Batch.Cli.Tests.Api;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Cli.Tests.Output;

public sealed class JobRefreshTests : IDisposable
{
    private readonly Clock _clock = new();
    private readonly FakeFunctions _functions = new() { Answer = () => FakeFunctions.Record(Records.Of("a", JobState.Running)) };
    private readonly JobWatch _job = new("a.txt", JobId.Parse("a"));
    private readonly JobsApiClient _api;
    private readonly JobRefresh _refresh;

    public JobRefreshTests()
    {
        _api = new JobsApiClient(new Uri("http://functions.example/"), _functions);
        _refresh = new JobRefresh(_api, [_job], _clock);
    }

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("refused")]
    [InlineData("timeout")]
    [InlineData("503")]
    public async Task RunAsync_FunctionsAreStartedAgain_KeepsTheRecordUntilTheyAnswer(string failure)
    {
        await RunAsync();
        _functions.Answer = () => Fail(failure);
        await RunAsync();
        _clock.Seconds += 59;
        await RunAsync();
        Assert.Equal(JobState.Running, _job.Record!.State);

        _functions.Answer = () => FakeFunctions.Record(Records.Of("a", JobState.Succeeded));
        await RunAsync();

        Assert.Equal(JobState.Succeeded, _job.Record!.State);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("timeout")]
    [InlineData("503")]
    public async Task RunAsync_NoAnswerForAMinute_Fails(string failure)
    {
        _functions.Answer = () => Fail(failure);
        await RunAsync();
        _clock.Seconds += 60;

        await Assert.ThrowsAsync<CliException>(RunAsync);
    }

    [Fact]
    public async Task RunAsync_CallThatTakesAMinuteToFail_WasSilentAllThatTime()
    {
        _functions.Answer = () =>
        {
            _clock.Seconds += 100;
            return Fail("timeout");
        };

        await Assert.ThrowsAsync<CliException>(RunAsync);
    }

    [Fact]
    public async Task RunAsync_AnswerInBetween_BeginsTheMinuteAnew()
    {
        _functions.Answer = () => Fail("503");
        await RunAsync();
        _clock.Seconds += 40;
        _functions.Answer = () => FakeFunctions.Record(Records.Of("a", JobState.Accepted));
        await RunAsync();
        _functions.Answer = () => Fail("503");
        await RunAsync();
        _clock.Seconds += 40;
        await RunAsync();

        Assert.Equal(JobState.Accepted, _job.Record!.State);
    }

    [Fact]
    public async Task RunAsync_Refusal_FailsAtOnce()
    {
        _functions.Answer = () => FakeFunctions.Text(HttpStatusCode.BadRequest, """{"detail":"That is no job id."}""");

        Assert.Equal("That is no job id.", (await Assert.ThrowsAsync<CliException>(RunAsync)).Message);
    }

    [Fact]
    public async Task RunAsync_JobIsOver_AsksNoMore()
    {
        _job.Record = Records.Of("a", JobState.Failed);
        _functions.Answer = () => throw new InvalidOperationException("asked");

        await RunAsync();
    }

    private static HttpResponseMessage Fail(string how) => how switch
    {
        "refused" => throw new HttpRequestException("Connection refused"),
        "timeout" => throw new TaskCanceledException("too slow", new TimeoutException()),
        _ => FakeFunctions.Text(HttpStatusCode.ServiceUnavailable, ""),
    };

    private Task RunAsync() => _refresh.RunAsync(CancellationToken.None);

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
