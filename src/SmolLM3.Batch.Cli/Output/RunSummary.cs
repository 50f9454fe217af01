using SmolLM3.Batch.Jobs;
using Spectre.Console;

namespace SmolLM3.Batch.Cli.Output;

/// <summary>What a run came to: a row per document, and why what failed did.</summary>
internal static class RunSummary
{
    public static void Print(IReadOnlyList<JobWatch> jobs, IReadOnlyDictionary<JobWatch, string?> folders, TimeSpan elapsed)
    {
        AnsiConsole.WriteLine();
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("document").AddColumn("state")
            .AddColumn(new TableColumn("tokens read").RightAligned()).AddColumn(new TableColumn("shared").RightAligned())
            .AddColumn(new TableColumn("written").RightAligned()).AddColumn(new TableColumn("s").RightAligned()).AddColumn("results");
        foreach (var job in jobs)
        {
            var record = job.Record!;
            var usage = record.Usage;
            table.AddRow(
                new Markup(Markup.Escape(job.Document)),
                new Markup($"[{StateText.Colour(record)}]{Markup.Escape(StateText.Plain(record))}[/]"),
                new Text($"{usage.PromptTokens:#,0}"), new Text($"{usage.CachedTokens:#,0}"), new Text($"{usage.CompletionTokens:#,0}"),
                new Text(record is { StartedAt: { } start, FinishedAt: { } end } ? $"{(end - start).TotalSeconds:0.0}" : ""),
                new Text(folders[job] ?? ""));
        }

        AnsiConsole.Write(table);
        foreach (var job in jobs.Where(job => job.Record!.State != JobState.Succeeded))
        {
            AnsiConsole.MarkupLine(
                $"[red]{Markup.Escape(job.Document)}[/]: {Markup.Escape(StateText.Reason(job.Record!) ?? StateText.Plain(job.Record))}");
        }

        var written = jobs.Sum(job => job.Record!.Usage.CompletionTokens);
        var read = jobs.Sum(job => job.Record!.Usage.PromptTokens);
        AnsiConsole.WriteLine($"{jobs.Count(job => job.Record!.State == JobState.Succeeded)} of {jobs.Count} succeeded in {elapsed.TotalSeconds:0.0} s; {read:#,0} tokens read, {written:#,0} written.");
    }
}
