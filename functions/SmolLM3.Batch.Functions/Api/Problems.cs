using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Pipeline;

namespace SmolLM3.Batch.Functions;

/// <summary>Errors as RFC 9457 problem details. Each has a <c>code</c> that stays the same.</summary>
internal static partial class Problems
{
    /// <summary>What a caller is told of a fault of the service's own; the log has the rest.</summary>
    public const string UnexpectedDetail =
        "The request was not at fault. The service's log has the cause, under the time and the path of the request.";

    /// <summary>Runs an operation and turns what it throws into a problem.</summary>
    public static async Task<IResult> GuardAsync(HttpRequest request, Func<Task<IResult>> operation)
    {
        try
        {
            return await operation().ConfigureAwait(false);
        }
        catch (InvalidRequestException exception)
        {
            return Of(
                StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, "The request is not valid.", exception.Message,
                exception.Problems);
        }
        catch (JobIdConflictException exception)
        {
            return Of(StatusCodes.Status409Conflict, ErrorCodes.JobIdConflict, "The job id is taken.", exception.Message);
        }
        catch (BadHttpRequestException exception)
        {
            return Of(exception.StatusCode, ErrorCodes.InvalidRequest, "The request cannot be read.", exception.Message);
        }
        catch (Exception exception) when (TransientFaults.MayPass(exception))
        {
            Unavailable(request, exception);
            return Of(
                StatusCodes.Status503ServiceUnavailable, "unavailable", "Storage or queue do not answer.",
                "Try again in a few seconds; repeating a request with a jobId is safe.");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Unexpected(request, exception);
            return Of(
                StatusCodes.Status500InternalServerError, ErrorCodes.InternalError, "An error that was not foreseen.", UnexpectedDetail);
        }
    }

    /// <summary>Says in the log what a caller who is told to try again is not told.</summary>
    public static void Unavailable(HttpRequest request, Exception exception) =>
        LogUnavailable(
            LoggerOf(request), request.Method, request.Path,
            exception is AggregateException { InnerException: { } cause } ? cause.Message : exception.Message);

    /// <summary>Says in the log what went wrong where the fault is the service's own.</summary>
    public static void Unexpected(HttpRequest request, Exception exception) =>
        LogUnexpected(LoggerOf(request), exception, request.Method, request.Path);

    public static IResult JobNotFound(string id) =>
        Of(StatusCodes.Status404NotFound, ErrorCodes.JobNotFound, "There is no such job.", $"There is no job '{id}'.");

    public static IResult Of(int status, string code, string title, string detail, IReadOnlyList<RequestProblem>? errors = null)
    {
        var problem = new ProblemDetails { Type = $"urn:smollm3:error:{code}", Title = title, Status = status, Detail = detail };
        problem.Extensions["code"] = code;
        if (errors is not null)
            problem.Extensions["errors"] = errors.Select(
                error => new Dictionary<string, string> { ["path"] = error.Path, ["message"] = error.Message }).ToArray();
        if (Activity.Current is { } activity)
            problem.Extensions["traceId"] = activity.TraceId.ToString();
        return TypedResults.Problem(problem);
    }

    private static ILogger LoggerOf(HttpRequest request) =>
        request.HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Problems));

    [LoggerMessage(LogLevel.Error, "{Method} {Path} is answered with 500")]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} is answered with 503: {Reason}")]
    private static partial void LogUnavailable(ILogger logger, string method, string path, string reason);
}
