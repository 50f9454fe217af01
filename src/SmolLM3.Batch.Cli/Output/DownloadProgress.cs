using Spectre.Console;
using SmolLM3.Batch.Cli.Models;

namespace SmolLM3.Batch.Cli.Output;

/// <summary>A bar per file on a terminal, a line per file elsewhere.</summary>
internal static class DownloadProgress
{
    public static async Task RunAsync(IReadOnlyList<HubFile> files, Func<HubFile, IProgress<long>, Task> fetch)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive)
        {
            foreach (var file in files)
            {
                await fetch(file, new Reporter(_ => { }));
                Console.WriteLine($"{file.Path}  {file.Size:N0} bytes");
            }

            return;
        }

        await AnsiConsole.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new DownloadedColumn(),
                new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                foreach (var file in files)
                {
                    var bar = context.AddTask(Markup.Escape(file.Path), maxValue: Math.Max(1, file.Size));
                    await fetch(file, new Reporter(received => bar.Value = received));
                    bar.Value = bar.MaxValue;
                }
            });
    }

    // Progress<T> posts to the thread pool, where reports overtake one another.
    private sealed class Reporter(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
