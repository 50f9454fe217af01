using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Pipeline;

namespace SmolLM3.Batch.Functions;

/// <summary>Errors in the shape of the OpenAI API, which its clients turn into their exceptions.</summary>
internal static class OpenAIErrors
{
    /// <summary>Runs an operation and turns what it throws into an error.</summary>
    public static async Task<IResult> GuardAsync(HttpRequest request, Func<Task<IResult>> operation)
    {
        try
        {
            return await operation().ConfigureAwait(false);
        }
        catch (InvalidRequestException exception)
        {
            return Of(
                StatusCodes.Status400BadRequest, exception.Message, exception.Problems[0].Path is { Length: > 0 } path ? path : null,
                ErrorCodes.InvalidRequest);
        }
        catch (BadHttpRequestException exception)
        {
            return Of(exception.StatusCode, exception.Message, null, ErrorCodes.InvalidRequest);
        }
        catch (Exception exception) when (TransientFaults.MayPass(exception))
        {
            Problems.Unavailable(request, exception);
            return Of(
                StatusCodes.Status503ServiceUnavailable, "Storage or queue do not answer. Try again in a few seconds.", null, "unavailable",
                "server_error");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Problems.Unexpected(request, exception);
            return Of(StatusCodes.Status500InternalServerError, Problems.UnexpectedDetail, null, ErrorCodes.InternalError, "server_error");
        }
    }

    public static IResult NotFound(string kind, string id) =>
        Of(StatusCodes.Status404NotFound, $"No {kind} found with id '{id}'.", "id", null);

    public static IResult Of(int status, string message, string? param, string? code, string type = "invalid_request_error") =>
        TypedResults.Text(
        new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = param, ["code"] = code } }.ToJsonString(),
        "application/json",
        statusCode: status);
}
