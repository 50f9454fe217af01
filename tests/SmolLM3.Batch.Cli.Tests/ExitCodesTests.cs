using System.CommandLine;
using Azure;

namespace SmolLM3.Batch.Cli.Tests;

public sealed class ExitCodesTests
{
    [Fact]
    public async Task RunAsync_Cancelled_IsInterrupted() =>
        Assert.Equal(ExitCodes.Interrupted, await RunAsync(new OperationCanceledException()));

    // As HttpClient reports that its time limit has passed.
    [Fact]
    public async Task RunAsync_TimeLimitPassed_IsAFailure() =>
        Assert.Equal(ExitCodes.Failed, await RunAsync(new TaskCanceledException("too slow", new TimeoutException())));

    [Fact]
    public void Explain_TimeLimitPassed_SaysSo() =>
        Assert.Contains("did not answer in time", ExitCodes.Explain(new TaskCanceledException("too slow", new TimeoutException())));

    [Fact]
    public void Explain_StorageOutOfReach_SaysSoAndWhereItIsNamed()
    {
        var attempt = new RequestFailedException("Connection refused (127.0.0.1:1)");

        var message = ExitCodes.Explain(new AggregateException("Retry failed after 2 tries.", attempt, attempt));

        Assert.Contains("cannot be reached: Connection refused (127.0.0.1:1).", message);
        Assert.Contains("--storage", message);
    }

    [Fact]
    public void Explain_StorageAnswersWithAnError_NamesIt() =>
        Assert.Contains("answered 403 AuthorizationFailure", ExitCodes.Explain(
            new RequestFailedException(403, "No.", "AuthorizationFailure", null)));

    [Fact]
    public void Explain_DefectOfOurs_IsLeftToItsStackTrace()
    {
        Assert.Null(ExitCodes.Explain(new InvalidOperationException()));
        Assert.Null(ExitCodes.Explain(new AggregateException(new InvalidOperationException())));
        Assert.Null(ExitCodes.Explain(new AggregateException()));
    }

    private static Task<int> RunAsync(Exception failure)
    {
        var command = new Command("fail");
        command.SetAction((_, _) => Task.FromException<int>(failure));
        string[] none = [];
        return ExitCodes.RunAsync(command.Parse(none));
    }
}
