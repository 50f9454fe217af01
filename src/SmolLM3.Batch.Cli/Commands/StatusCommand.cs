using System.CommandLine;
using System.Text.Json;
using SmolLM3.Batch.Cli.Api;
using SmolLM3.Batch.Cli.Output;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Serialization;
using Spectre.Console;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary><c>smollm3 status [JOB…] [--watch]</c></summary>
internal static class StatusCommand
{
    // Ids do not sort by time (an upload's is a hash), so the newest are chosen from what was read.
    private const int MostRead = 1_000;
    private const int MostShown = 50;

    public static Command Create()
    {
        var ids = new Argument<string[]>("job") { Description = $"Job ids; none lists the newest {MostShown}.", Arity = ArgumentArity.ZeroOrMore };
        var watch =
            new Option<bool>("--watch", "-w") { Description = "Wait until the jobs are over; the exit code is 0 only if all succeeded." };
        var only = new Option<string?>("--only") { Description = "List only jobs of one state." };
        only.AcceptOnlyFromAmong([.. JobStates.All.Select(known => known.ToName())]);
        var json = CommonOptions.Json();
        var (api, state) = (CommonOptions.Api(), CommonOptions.State());
        var command = new Command("status", "Shows where jobs are.") { ids, watch, only, json, api, state };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = JobsApiClient.Connect(parsed.GetValue(api), parsed.GetValue(state)!);
            var records = await ReadAsync(client, parsed.GetValue(ids)!, parsed.GetValue(only), cancellationToken);
            if (parsed.GetValue(watch))
            {
                var jobs = records.Select(
                    record => new JobWatch(record.Document?.Name ?? record.Id.ToString(), record.Id) { Record = record }).ToList();
                var time = TimeProvider.System;
                await JobProgressView.WatchAsync(jobs, new JobRefresh(client, jobs, time).RunAsync, time, cancellationToken);
                records = [.. jobs.Select(job => job.Record!)];
            }

            if (parsed.GetValue(json))
                foreach (var record in records) Console.WriteLine(JsonSerializer.Serialize(record, BatchJson.Default.JobRecord));
            else Print(records);

            return !parsed.GetValue(watch) || records.All(record => record.State == JobState.Succeeded) ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return command;
    }

    private static async Task<IReadOnlyList<JobRecord>> ReadAsync(
        JobsApiClient client, string[] ids, string? only, CancellationToken cancellationToken)
    {
        if (ids.Length == 0) return [.. (
            await client.ListAsync(only, MostRead, cancellationToken)).OrderByDescending(record => record.CreatedAt).Take(MostShown)];
        var records = new List<JobRecord>();
        foreach (var id in ids)
            records.Add(await client.FindAsync(id, cancellationToken) ?? throw new CliException($"There is no job {id}."));
        return records;
    }

    private static void Print(IReadOnlyList<JobRecord> records)
    {
        if (records.Count == 0)
        {
            Console.WriteLine("No jobs.");
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn("job").AddColumn("state").AddColumn("document").AddColumn("tasks")
            .AddColumn("created (UTC)").AddColumn("why");
        foreach (var record in records)
        {
            table.AddRow(
                new Text(record.Id.ToString()),
                new Markup($"[{StateText.Colour(record)}]{Markup.Escape(StateText.Plain(record))}[/]"),
                new Text(record.Document?.Name ?? ""),
                new Text(string.Join(", ", record.Tasks.Select(task => task.Type))),
                new Text(record.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)),
                new Text(StateText.Reason(record) ?? ""));
        }

        AnsiConsole.Write(table);
    }
}
