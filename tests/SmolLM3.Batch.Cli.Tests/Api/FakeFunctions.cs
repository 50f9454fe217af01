using System.Net;
using System.Text;
using System.Text.Json;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Cli.Tests.Api;

/// <summary>Functions that give every request the same answer, or fail it.</summary>
internal sealed class FakeFunctions : HttpMessageHandler
{
    public required Func<HttpResponseMessage> Answer { get; set; }

    public static HttpResponseMessage Record(JobRecord record) =>
        Text(HttpStatusCode.OK, JsonSerializer.Serialize(record, BatchJson.Default.JobRecord));

    public static HttpResponseMessage Text(HttpStatusCode status, string body, string type = "application/json") =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, type) };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Answer());
    }
}
