using System.CommandLine;
using SmolLM3.Inference;
using SmolLM3.Inference.Constraints;

namespace SmolLM3.Batch.Cli;

internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    /// <summary>What shells report for a program ended by Ctrl-C: 128 + SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>Runs a parsed command line; a <see cref="CliException"/> becomes one line on standard error.</summary>
    public static async Task<int> RunAsync(ParseResult parsed)
    {
        try
        {
            var code = await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(40),
            });
            return parsed.Errors.Count > 0 ? Usage : code;
        }
        // A client's own time limit shows as a cancellation too, and is no Ctrl-C.
        catch (OperationCanceledException exception) when (exception.InnerException is not TimeoutException)
        {
            return Interrupted;
        }
        catch (Exception exception) when (Explain(exception) is { } message)
        {
            await Console.Error.WriteLineAsync($"smollm3: {message}");
            return Failed;
        }
    }

    // Anything else is a defect of ours, and its stack trace is what the report of it needs.
    internal static string? Explain(Exception exception) => exception switch
    {
        CliException or CheckpointException or ContextLengthExceededException or JsonSchemaException => exception.Message,
        IOException or UnauthorizedAccessException => exception.Message,
        Azure.RequestFailedException { Status: 0 } unreachable =>
            $"The storage service cannot be reached: {unreachable.Message.Split('\n')[0]}. See that it runs and that the connection string is its own: --storage, or SMOLLM3_STORAGE.",
        Azure.RequestFailedException failed =>
            $"The storage service answered {failed.Status} {failed.ErrorCode}: {failed.Message.Split('\n')[0]}",

        // The storage client's attempts.
        AggregateException { InnerExceptions: [.., var last] } => Explain(last),
        OperationCanceledException => $"A service did not answer in time: {exception.Message} Try again later.",
        _ => null,
    };
}
