using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace SmolLM3.Batch.Functions;

/// <summary><c>/api/health</c>.</summary>
public sealed class HealthApi
{
    /// <summary>The process answers.</summary>
    [Function(nameof(GetHealth))]
    public IResult GetHealth([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request) =>
        TypedResults.Text("healthy");
}
