using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SmolLM3.Batch.Pipeline;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Functions.Tests.Api;

/// <summary>Calls API functions as the host does, and reads what they answer.</summary>
internal sealed class ApiHarness(LocalStack stack, BlobServiceClient? storage = null, ILoggerProvider? log = null, IMessageSender? sender = null) : IDisposable
{
    private readonly ServiceProvider _http = new ServiceCollection()
        .AddLogging(logging => { if (log is not null) logging.AddProvider(log); }).BuildServiceProvider();

    public ServiceProvider Process { get; } = stack.Process(new FakeModel(), storage: storage, sender: sender);

    public T Api<T>() => ActivatorUtilities.CreateInstance<T>(Process);

    public async Task<Answer> CallAsync(
        Func<HttpRequest, Task<IResult>> function, string? body = null, string query = "", string? accept = null,
        string? contentType = "application/json")
    {
        var context = new DefaultHttpContext { RequestServices = _http };
        var response = new MemoryStream();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(response));
        context.Request.QueryString = new QueryString(query);
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body ?? ""));
        context.Request.ContentLength = context.Request.Body.Length;
        context.Request.ContentType = body is null ? null : contentType;
        if (accept is not null)
            context.Request.Headers.Accept = accept;
        var result = await function(context.Request);
        await result.ExecuteAsync(context);
        return new Answer(context.Response.StatusCode, context.Response.Headers, Encoding.UTF8.GetString(response.ToArray()));
    }

    public void Dispose() => _http.Dispose();

    public sealed record Answer(int Status, IHeaderDictionary Headers, string Body)
    {
        public JsonNode Json => JsonNode.Parse(Body)!;
    }
}
