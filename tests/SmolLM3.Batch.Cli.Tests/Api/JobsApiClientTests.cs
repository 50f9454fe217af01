using System.Net;
using SmolLM3.Batch.Cli.Api;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Cli.Tests.Api;

public sealed class JobsApiClientTests
{
    [Fact]
    public async Task FindAsync_Record_IsRead()
    {
        using var client = Client(() => FakeFunctions.Record(Records.Of("a", JobState.Running)));

        Assert.Equal(JobState.Running, (await client.FindAsync("a", CancellationToken.None))!.State);
    }

    [Fact]
    public async Task FindAsync_NotFound_IsNull()
    {
        using var client = Client(() => FakeFunctions.Text(HttpStatusCode.NotFound, "{}"));

        Assert.Null(await client.FindAsync("a", CancellationToken.None));
    }

    [Theory]
    [InlineData("<html>Welcome to nginx</html>")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"id\": 1, \"jobs\": 1}")]
    public async Task Calls_AnswerOfAnotherServer_SaysWhereTheAddressIsNamed(string body)
    {
        using var client = Client(() => FakeFunctions.Text(HttpStatusCode.OK, body, "text/html"));

        foreach (var call in (Func<Task>[])
        [
            () => client.FindAsync("a", CancellationToken.None),
            () => client.ListAsync(null, 10, CancellationToken.None),
            () => client.SubmitAsync("{}", CancellationToken.None),
        ])
        {
            var error = await Assert.ThrowsAsync<CliException>(call);

            Assert.Contains("http://functions.example/", error.Message);
            Assert.Contains("--api", error.Message);
            Assert.False(error.MayPass);
        }
    }

    [Fact]
    public async Task FindAsync_ClientsTimeLimit_IsAFailureThatMayPass()
    {
        using var client = Client(() => throw new TaskCanceledException("too slow", new TimeoutException()));

        var error = await Assert.ThrowsAsync<CliException>(() => client.FindAsync("a", CancellationToken.None));

        Assert.Contains("did not answer within 100 s", error.Message);
        Assert.True(error.MayPass);
    }

    [Fact]
    public async Task FindAsync_Cancelled_IsCancelled()
    {
        using var client = Client(() => FakeFunctions.Text(HttpStatusCode.NotFound, "{}"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.FindAsync("a", new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task FindAsync_Unreachable_IsAFailureThatMayPass()
    {
        using var client = Client(() => throw new HttpRequestException("Connection refused"));

        var error = await Assert.ThrowsAsync<CliException>(() => client.FindAsync("a", CancellationToken.None));

        Assert.Contains("cannot be reached: Connection refused", error.Message);
        Assert.True(error.MayPass);
    }

    [Fact]
    public async Task FindAsync_AnswerBreaksOff_IsAFailureThatMayPass()
    {
        using var client = Client(() => new HttpResponseMessage(HttpStatusCode.OK) { Content = new BrokenContent() });

        var error = await Assert.ThrowsAsync<CliException>(() => client.FindAsync("a", CancellationToken.None));

        Assert.True(error.MayPass);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, false)]
    [InlineData(HttpStatusCode.Conflict, false)]
    [InlineData(HttpStatusCode.Unauthorized, false)]
    [InlineData(HttpStatusCode.InternalServerError, true)]
    [InlineData(HttpStatusCode.ServiceUnavailable, true)]
    public async Task FindAsync_ErrorStatus_MayPassWhereItIsTheServersOwn(HttpStatusCode status, bool mayPass)
    {
        using var client = Client(() => FakeFunctions.Text(status, "\"no problem document\""));

        var error = await Assert.ThrowsAsync<CliException>(() => client.FindAsync("a", CancellationToken.None));

        Assert.Equal(mayPass, error.MayPass);
    }

    private static JobsApiClient Client(Func<HttpResponseMessage> answer) =>
        new(new Uri("http://functions.example/"), new FakeFunctions { Answer = answer });

    private sealed class BrokenContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            throw new IOException("The response ended prematurely.");

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
