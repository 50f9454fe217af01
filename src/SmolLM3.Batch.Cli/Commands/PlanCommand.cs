using System.CommandLine;
using System.Text.Json;
using SmolLM3.Batch.Cli.Planning;
using SmolLM3.Batch.Jobs;
using Spectre.Console;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary><c>smollm3 plan</c>: workers, time and cost before anything is deployed.</summary>
internal static class PlanCommand
{
    private static readonly SimulationOptions Default = new();

    public static Command Create()
    {
        var documents = Bounded("--documents", "Number of documents.", 1_000, 1, 10_000_000, "-n");
        var pages = Bounded("--pages", "Pages of a document, on average.", 30.0, 0.01, 100_000, "-p");
        var tokens = Bounded("--tokens-per-page", "Tokens of a page.", 650.0, 1, 100_000);
        var task = new Option<string>("--task", "-t") { Description = $"One of {string.Join(", ", TaskTypes.All)}.", DefaultValueFactory = _ => TaskTypes.ContractAnalysis };
        var gpu = new Option<string?>("--gpu") { Description = "T4, A100, H100, or another of the price file. Default: all of them." };
        var prices =
            new Option<string?>("--prices") { Description = "Price file (JSON). Default: the one beside the command.", HelpName = "FILE" };
        var workers = Bounded("--max-workers", "Most workers at once (workerMaxCount).", Default.MaxWorkers, 1, 10_000);
        var jobs = Bounded("--jobs-per-worker", "Documents that share a worker (workerMaxConcurrentJobs).", Default.JobsPerWorker, 1, 256);
        var messages = Bounded(
            "--messages-per-worker", "Messages that one worker is started for (workerMessagesEach).", Default.MessagesPerWorker, 1, 1_000);
        var hours = Bounded("--over-hours", "Documents arrive evenly over this many hours; 0 is all at once.", 0.0, 0, 8_760);
        var coldStart = Bounded(
            "--cold-start", "Seconds from the decision to scale to the first document.", Default.ColdStartSeconds, 0, 86_400);
        var seed = new Option<int>("--seed") { Description = "Seed of the simulation.", DefaultValueFactory = _ => Default.Seed };
        var chart = new Option<string?>("--chart") { Description = "Write an SVG of the simulated run (of the first GPU shown).", HelpName = "FILE" };
        var json = CommonOptions.Json();

        var command = new Command(
            "plan", "Estimates workers, time and cost of N documents, and simulates the queue, scaling and cold starts.")
        {
            documents, pages, tokens, task, gpu, prices, workers, jobs, messages, hours, coldStart, seed, chart, json,
        };
        command.SetAction(parsed =>
        {
            var sheet = PriceSheet.Load(parsed.GetValue(prices));
            var work = Workload.Of(parsed.GetValue(task)!, parsed.GetValue(documents), parsed.GetValue(pages), parsed.GetValue(tokens));
            var options = Default with
            {
                ArrivalSeconds = parsed.GetValue(hours) * 3600,
                MaxWorkers = parsed.GetValue(workers),
                JobsPerWorker = parsed.GetValue(jobs),
                MessagesPerWorker = parsed.GetValue(messages),
                ColdStartSeconds = parsed.GetValue(coldStart),
                Seed = parsed.GetValue(seed),
            };
            var offers = parsed.GetValue(gpu) is { } name ? [sheet.Find(name)] : sheet.Gpus;
            var reports = offers.Select(offer => (offer, PlanReport.Of(offer, sheet, work, options))).ToList();
            var assumptions = PlanAssumptions.Of(sheet, work, options);

            if (parsed.GetValue(json)) PrintJson(work, options, assumptions, reports);
            else Print(work, reports, assumptions);

            if (reports.All(report => report.Item2 is null))
            {
                Console.Error.WriteLine(
                    $"smollm3: no document fits beside the weights on {string.Join(" or ", offers.Select(offer => offer.Name))}.");
                return ExitCodes.Failed;
            }

            if (parsed.GetValue(chart) is { } file)
            {
                var (offer, shown) = reports.First(report => report.Item2 is not null);
                File.WriteAllText(file, PlanChart.Draw(shown!, $"{Count(work)} on {offer.Name}, up to {options.MaxWorkers:#,0} workers"));
                if (!parsed.GetValue(json)) Console.WriteLine($"Chart: {file}");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static Option<T> Bounded<T>(string name, string description, T standard, T least, T most, params string[] aliases)
        where T : struct, IComparable<T>
    {
        var option = new Option<T>(name, aliases) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            // A NaN is above nothing, and so refused.
            if (!(result.GetValueOrDefault<T>() is var value && value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0))
                result.AddError($"{name} must be from {least:#,0.##} to {most:#,0.##}.");
        });
        return option;
    }

    private static string Count(Workload work) => work.Documents == 1
        ? $"1 document of {work.PagesPerDocument:0.##} pages"
        : $"{work.Documents:#,0} documents of {work.PagesPerDocument:0.##} pages";

    private static void PrintJson(
        Workload work, SimulationOptions options, IReadOnlyList<string> assumptions,
        IEnumerable<(GpuOffer Offer, PlanReport? Report)> reports) =>
        Console.WriteLine(JsonSerializer.Serialize(
            new { work, options, assumptions, plans = reports.Where(pair => pair.Report is not null).Select(
                pair => pair.Report! with { Run = pair.Report.Run with { Samples = [] } }) },
            new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }));

    private static void Print(Workload work, List<(GpuOffer Offer, PlanReport? Report)> reports, IReadOnlyList<string> assumptions)
    {
        AnsiConsole.WriteLine($"{Count(work)}: {work.PagesPerDocument * work.TokensPerPage:#,0} tokens each, about {work.OutputTokens:#,0} written about them in {work.Sequences} {(work.Sequences == 1 ? "sequence" : "sequences")}");
        AnsiConsole.WriteLine();
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (var (offer, _) in reports) table.AddColumn(new TableColumn(offer.Name).RightAligned());
        Row("USD an hour and worker", report => $"{report.DollarsPerHour:0.00}");
        Row("documents at once / parts of each", report => $"{report.ConcurrentDocuments} / {report.Parts}");
        Row("prefill of a document, s", report => $"{report.PrefillSeconds:0.00}");
        Row("GPU seconds a document, batch full", report => $"{report.SecondsPerDocument:0.00}");
        Row("pages an hour and GPU", report => $"{report.PagesPerHour:#,0}");
        Row("USD per 1,000 pages, always busy", report => $"{report.SteadyDollarsPer1000Pages:0.00}");
        table.AddEmptyRow();
        Row("simulated: wall time", report => Durations.Text(report.Run.Makespan));
        Row("most workers / cold starts", report => $"{report.Run.PeakWorkers:#,0} / {report.Run.ColdStarts:#,0}");
        Row("GPUs busy", report => $"{report.Run.Utilisation:0%}");
        Row("queue age p50 / p95 / max", report => $"{Durations.Text(report.Run.QueueAgeP50)} / {Durations.Text(report.Run.QueueAgeP95)} / {Durations.Text(report.Run.QueueAgeMax)}");
        Row("lock renewals / redeliveries", report => $"{report.Run.Renewals:#,0} / {report.Run.Redeliveries:#,0}");
        Row("USD in all", report => $"{report.Dollars:#,0.00}");
        Row("USD per 1,000 pages", report => $"{report.DollarsPer1000Pages:0.00}");
        AnsiConsole.Write(table);

        AnsiConsole.WriteLine("Assumptions");
        foreach (var line in assumptions) AnsiConsole.Write(new Padder(new Text(line), new Padding(2, 0, 0, 0)));

        void Row(string label, Func<PlanReport, string> cell) =>
            table.AddRow([label, .. reports.Select(pair => pair.Report is null ? "does not fit" : cell(pair.Report))]);
    }
}
