using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

namespace Local.Microsoft.Azure.Functions.Worker.Tests.Functions;

public sealed class HttpFunctions(ScopedCounter counter, TestSignals signals)
{
    [Function("Echo")]
    public IActionResult Echo(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "echo/{id}/{number:int}")] HttpRequest request,
        string id, int number, string? missing, FunctionContext context, CancellationToken cancellationToken) =>
        new OkObjectResult(new
        {
            id,
            number,
            missing,
            query = request.Query["q"].ToString(),
            function = context.FunctionDefinition.Name,
            invocation = context.InvocationId,
            cancellable = cancellationToken.CanBeCanceled,
            sameContext = context.GetHttpContext() == request.HttpContext,
        });

    [Function("Result")]
    public IResult Result([HttpTrigger(AuthorizationLevel.Function, "post", Route = "result")] HttpRequest request, [FromBody] Note note) =>
        Results.Created($"/notes/{note.Title}", note with { Pages = note.Pages + 1 });

    [Function("DeleteEcho")]
    public static Task<IActionResult> DeleteEcho(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "echo/{id}/{number:int}")] HttpRequest request, string id) =>
        Task.FromResult<IActionResult>(new AcceptedResult($"/gone/{id}", null));

    [Function("Scope")]
    public IActionResult Scope([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, FunctionContext context) =>
        new OkObjectResult(new[] { counter.Next(), ((ScopedCounter)context.InstanceServices.GetService(typeof(ScopedCounter))!).Next() });

    [Function("Broken")]
    public IActionResult Broken([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) =>
        throw new InvalidOperationException("a secret that no caller may read");

    [Function("Nothing")]
    public async Task Nothing([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => await Task.Yield();

    [Function("FromSetting")]
    public IActionResult FromSetting([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "%RouteName%/here")] HttpRequest request) =>
        new ContentResult { Content = "found", ContentType = "text/plain", StatusCode = 200 };

    [Function("Slow")]
    public async Task<IActionResult> Slow(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, CancellationToken cancellationToken)
    {
        signals.Started.TrySetResult();
        await signals.Finish.Task.WaitAsync(cancellationToken);
        return new OkObjectResult(request.Path.Value);
    }

    [Function("Length")]
    public async Task<IActionResult> Length(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var (length, buffer) = (0L, new byte[1 << 20]);
            for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;) length += read;
            return new OkObjectResult(length);
        }
        catch (BadHttpRequestException refused)
        {
            return new StatusCodeResult(refused.StatusCode);
        }
    }

    public sealed record Note(string Title, int Pages);
}
