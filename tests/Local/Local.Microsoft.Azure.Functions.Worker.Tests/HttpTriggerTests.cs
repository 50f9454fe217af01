using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Local.Microsoft.Azure.Functions.Worker.Tests;

public sealed class HttpTriggerTests
{
    [Fact]
    public async Task Request_WithRouteAndQuery_BindsTheParameters()
    {
        await using var test = await TestHost.StartAsync();

        var answer = (await test.Http.GetFromJsonAsync<JsonObject>("/api/echo/a%20b/42?q=x"))!;

        Assert.Equal("a b", (string?)answer["id"]);
        Assert.Equal(42, (int)answer["number"]!);
        Assert.Null(answer["missing"]);
        Assert.Equal("x", (string?)answer["query"]);
        Assert.Equal("Echo", (string?)answer["function"]);
        Assert.True(Guid.TryParse((string?)answer["invocation"], out _));
        Assert.True((bool)answer["cancellable"]!);
        Assert.True((bool)answer["sameContext"]!);
    }

    [Fact]
    public async Task Request_WithJsonBody_BindsItAndReturnsAResult()
    {
        await using var test = await TestHost.StartAsync();

        var answer = await test.Http.PostAsJsonAsync("/api/result", new { title = "t", pages = 3 });

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("/notes/t", answer.Headers.Location!.ToString());
        Assert.Equal(4, (int)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["pages"]!);
    }

    [Fact]
    public async Task Request_SameRouteOtherMethod_ReachesTheOtherFunction()
    {
        await using var test = await TestHost.StartAsync();

        var answer = await test.Http.DeleteAsync("/api/echo/x/1");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("/gone/x", answer.Headers.Location!.ToString());
    }

    [Theory]
    [InlineData("PUT", "/api/echo/x/1")]
    [InlineData("GET", "/api/echo/x/word")]
    [InlineData("GET", "/echo/x/1")]
    [InlineData("GET", "/")]
    public async Task Request_OfNoFunction_IsNotFound(string method, string path)
    {
        await using var test = await TestHost.StartAsync();

        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        Assert.Equal(HttpStatusCode.NotFound, (await test.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Invocation_HasAScopeOfItsOwn()
    {
        await using var test = await TestHost.StartAsync();

        Assert.Equal("[1,2]", await test.Http.GetStringAsync("/api/Scope"));
        Assert.Equal("[1,2]", await test.Http.GetStringAsync("/api/Scope"));
    }

    [Fact]
    public async Task Function_Throws_AnswersServerErrorWithoutTheText()
    {
        await using var test = await TestHost.StartAsync();

        var answer = await test.Http.GetAsync("/api/Broken");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Function_ReturnsNothing_AnswersNoContent()
    {
        await using var test = await TestHost.StartAsync();

        Assert.Equal(HttpStatusCode.NoContent, (await test.Http.GetAsync("/api/Nothing")).StatusCode);
    }

    [Fact]
    public async Task BadBody_AnswersServerError()
    {
        await using var test = await TestHost.StartAsync();

        using var content = new StringContent("{", null, "application/json");
        Assert.Equal(HttpStatusCode.InternalServerError, (await test.Http.PostAsync("/api/result", content)).StatusCode);
    }

    [Theory]
    [InlineData("", "/chosen/here")]
    [InlineData("v2/x", "/v2/x/chosen/here")]
    public async Task RoutePrefix_OfHostJson_ComesBeforeEveryRoute(string prefix, string path)
    {
        await using var test = await TestHost.StartAsync($$"""
            { "version": "2.0", /* as Core Tools reads it */ "extensions": { "http": { "routePrefix": "{{prefix}}" } } }
            """);

        Assert.Equal("found", await test.Http.GetStringAsync(path));
        Assert.Contains(
            $"FromSetting: [GET] {test.Http.BaseAddress!.GetLeftPart(UriPartial.Authority)}{path}", test.Listed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, 30_000_000)]
    [InlineData(null, 200_000L, 200_000)]
    [InlineData(100_000L, 200_000L, 100_000)]
    public async Task Body_LargerThanTheSmallerOfTwoLimits_IsRefused(long? host, long? worker, int most)
    {
        await using var test = await TestHost.StartAsync(configure: builder =>
        {
            if (host is not null) builder.Configuration["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = $"{host}";
            if (worker is not null) builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = worker);
        });

        Assert.Equal(HttpStatusCode.OK, await PostAsync(most));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(most + 1));

        async Task<HttpStatusCode> PostAsync(int bytes)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/Length") { Content = new ByteArrayContent(new byte[bytes]) };
            request.Headers.ExpectContinue = true;
            using var answer = await test.Http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Start_OnAPortThatIsTaken_SaysWhatToDo()
    {
        await using var first = await TestHost.StartAsync();
        var url = first.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TestHost.StartAsync(configure: builder => builder.Configuration["ASPNETCORE_URLS"] = url));

        Assert.Contains("FUNCTIONS_HTTP_PORT", failure.Message, StringComparison.Ordinal);
        Assert.Contains(url, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_WhileARequestRuns_LetsItFinish()
    {
        await using var test = await TestHost.StartAsync();
        var answering = test.Http.GetAsync("/api/Slow");
        await test.Signals.Started.Task.WaitAsync(TimeSpan.FromSeconds(20));

        var stopping = test.StopAsync(TimeSpan.FromSeconds(20));
        await Task.Delay(50);
        test.Signals.Finish.SetResult();
        await stopping;

        Assert.Equal(HttpStatusCode.OK, (await answering).StatusCode);
    }
}
