using SmolLM3.Batch.Cli.Output;
using SmolLM3.Batch.Jobs;
using Spectre.Console;

namespace SmolLM3.Batch.Cli.Tests.Output;

public sealed class JobProgressViewTests
{
    [Fact]
    public async Task WatchAsync_NoJobs_IsOverAtOnce() =>
        await JobProgressView.WatchAsync(
            [], _ => throw new InvalidOperationException("asked"), TimeProvider.System, CancellationToken.None);

    [Fact]
    public async Task LiveAsync_TwoJobsWithOneDocumentName_ShowsTheStateOfEach()
    {
        JobWatch[] jobs =
        [
            new("text.txt", JobId.Parse("a")) { Record = Records.Of("a", JobState.Succeeded) },
            new("text.txt", JobId.Parse("b")) { Record = Records.Of("b", JobState.Cancelled) },
        ];
        using var written = new StringWriter();
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(written),
        });
        terminal.Profile.Width = 120;

        // Spectre takes it back where it finds itself in a build.
        (terminal.Profile.Capabilities.Ansi, terminal.Profile.Capabilities.Interactive) = (true, true);

        await JobProgressView.LiveAsync(terminal, jobs, _ => Task.CompletedTask, TimeProvider.System, CancellationToken.None);

        Assert.Contains("succeeded", written.ToString());
        Assert.Contains("cancelled", written.ToString());
    }
}
