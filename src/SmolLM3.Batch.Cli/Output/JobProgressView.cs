using SmolLM3.Batch.Jobs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SmolLM3.Batch.Cli.Output;

/// <summary>Shows jobs until all are over: a bar each on a terminal, a line for every change elsewhere.</summary>
internal static class JobProgressView
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <param name="jobs">The jobs; their records are kept up to date. Without any, it ends at once.</param>
    /// <param name="refresh">Reads the records anew.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task WatchAsync(
        IReadOnlyList<JobWatch> jobs, Func<CancellationToken, Task> refresh, TimeProvider time, CancellationToken cancellationToken)
    {
        if (jobs.Count == 0) return;
        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
            await LiveAsync(AnsiConsole.Console, jobs, refresh, time, cancellationToken);
        else await PlainAsync(jobs, refresh, time, cancellationToken);
    }

    /// <summary>The bars on <paramref name="console"/>, which must be a terminal.</summary>
    internal static async Task LiveAsync(
        IAnsiConsole console, IReadOnlyList<JobWatch> jobs, Func<CancellationToken, Task> refresh, TimeProvider time,
        CancellationToken cancellationToken)
    {
        // By the bar's id: two jobs can have a document of the same name, as all texts inside requests do.
        var states = new Dictionary<int, string>();
        await console.Progress()
            .AutoClear(false)
            .HideCompleted(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 30 },
                new StateColumn(states),
                new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bars = jobs.ToDictionary(
                    job => job, job => context.AddTask(Markup.Escape(job.Document), new ProgressTaskSettings { MaxValue = 1 }));
                while (true)
                {
                    foreach (var (job, bar) in bars)
                    {
                        lock (states) states[bar.Id] = StateMarkup(job);
                        bar.IsIndeterminate = job.Record is { State: JobState.Running, Progress.Total: 0 };
                        bar.Value = Share(job);
                        if (job.IsFinal) bar.StopTask();
                    }

                    if (jobs.All(job => job.IsFinal)) return;
                    await Task.Delay(Poll, time, cancellationToken);
                    await refresh(cancellationToken);
                }
            });
    }

    private static async Task PlainAsync(
        IReadOnlyList<JobWatch> jobs, Func<CancellationToken, Task> refresh, TimeProvider time, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var shown = jobs.ToDictionary(job => job, _ => "");
        var width = jobs.Max(job => job.Document.Length);
        while (true)
        {
            foreach (var job in jobs)
            {
                // A line for each state, not for each completion.
                var state = job.Record is { State: JobState.Running } ? "running" : StateText.Plain(job.Record);
                if (shown[job] == state) continue;
                shown[job] = state;
                Console.WriteLine($"{time.GetElapsedTime(begin).TotalSeconds,6:0.0} s  {job.Document.PadRight(width)}  {state}");
            }

            if (jobs.All(job => job.IsFinal)) return;
            await Task.Delay(Poll, time, cancellationToken);
            await refresh(cancellationToken);
        }
    }

    private static double Share(JobWatch job) => job.Record switch
    {
        null => 0,
        var record when record.State.IsFinal() => 1,
        { Progress.Total: > 0 } record => (double)record.Progress.Done / record.Progress.Total,
        _ => 0,
    };

    private static string StateMarkup(JobWatch job) => $"[{StateText.Colour(job.Record)}]{Markup.Escape(StateText.Plain(job.Record))}[/]";

    private sealed class StateColumn(Dictionary<int, string> states) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            lock (states) return new Markup(states.GetValueOrDefault(task.Id, ""));
        }

        public override int? GetColumnWidth(RenderOptions options) => 20;
    }
}
