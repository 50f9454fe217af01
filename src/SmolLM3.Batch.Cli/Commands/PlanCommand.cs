using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SmolLM3.Batch.Cli.Planning;
using SmolLM3.Batch.Jobs;
using Spectre.Console;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary><c>smollm3 plan</c>: workers, time and cost before anything is deployed.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        var documents = new Option<int>("--documents", "-n") { Description = "Number of documents.", DefaultValueFactory = _ => 1_000 };
        var pages = new Option<double>("--pages", "-p") { Description = "Pages of a document, on average.", DefaultValueFactory = _ => 30 };
        var tokens = new Option<double>("--tokens-per-page") { Description = "Tokens of a page.", DefaultValueFactory = _ => 650 };
        var task = new Option<string>("--task", "-t") { Description = $"One of {string.Join(", ", TaskTypes.All)}.", DefaultValueFactory = _ => TaskTypes.ContractAnalysis };
        var gpu = new Option<string?>("--gpu") { Description = "T4, A100, H100, or another of the price file. Default: all of them." };
        var prices = new Option<string?>("--prices") { Description = "Price file (JSON). Default: the one beside the command.", HelpName = "FILE" };
        var workers = new Option<int>("--max-workers") { Description = "Most workers at once.", DefaultValueFactory = _ => new SimulationOptions().MaxWorkers };
        var hours = new Option<double>("--over-hours") { Description = "Documents arrive evenly over this many hours; 0 is all at once." };
        var coldStart = new Option<double>("--cold-start") { Description = "Seconds from the decision to scale to the first document.", DefaultValueFactory = _ => new SimulationOptions().ColdStartSeconds };
        var seed = new Option<int>("--seed") { Description = "Seed of the simulation.", DefaultValueFactory = _ => 1 };
        var chart = new Option<string?>("--chart") { Description = "Write an SVG of the simulated run (of the first GPU shown).", HelpName = "FILE" };
        var json = CommonOptions.Json();
        foreach (var positive in (Option[])[documents, workers])
        {
            positive.Validators.Add(result => { if (result.GetValueOrDefault<int>() < 1) result.AddError($"{positive.Name} must be at least 1."); });
        }

        foreach (var positive in (Option[])[pages, tokens])
        {
            positive.Validators.Add(result => { if (!(result.GetValueOrDefault<double>() > 0)) result.AddError($"{positive.Name} must be above 0."); });
        }

        foreach (var natural in (Option[])[hours, coldStart])
        {
            natural.Validators.Add(result => { if (!(result.GetValueOrDefault<double>() >= 0)) result.AddError($"{natural.Name} must be 0 or more."); });
        }

        var command = new Command("plan", "Estimates workers, time and cost of N documents, and simulates the queue, scaling and cold starts.")
        {
            documents, pages, tokens, task, gpu, prices, workers, hours, coldStart, seed, chart, json,
        };
        command.SetAction(parsed =>
        {
            var sheet = PriceSheet.Load(parsed.GetValue(prices));
            var work = Workload.Of(parsed.GetValue(task)!, parsed.GetValue(documents), parsed.GetValue(pages), parsed.GetValue(tokens));
            var options = new SimulationOptions
            {
                ArrivalSeconds = parsed.GetValue(hours) * 3600,
                MaxWorkers = parsed.GetValue(workers),
                ColdStartSeconds = parsed.GetValue(coldStart),
                Seed = parsed.GetValue(seed),
            };
            var offers = parsed.GetValue(gpu) is { } name ? [sheet.Find(name)] : sheet.Gpus;
            var reports = offers.Select(offer => (offer, PlanReport.Of(offer, sheet, work, options))).ToList();

            if (parsed.GetValue(json)) PrintJson(reports);
            else Print(sheet, work, options, reports);

            if (reports.All(report => report.Item2 is null))
            {
                Console.Error.WriteLine($"smollm3: a document of {work.PromptTokens + work.OutputTokens:#,0} tokens does not fit beside the weights on {string.Join(" or ", offers.Select(offer => offer.Name))}.");
                return ExitCodes.Failed;
            }

            if (parsed.GetValue(chart) is { } file)
            {
                var (offer, shown) = reports.First(report => report.Item2 is not null);
                File.WriteAllText(file, PlanChart.Draw(shown!.Run, $"{work.Documents:#,0} documents of {work.PagesPerDocument:0.#} pages on {offer.Name}, up to {options.MaxWorkers} workers"));
                if (!parsed.GetValue(json)) Console.WriteLine($"Chart: {file}");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static void PrintJson(IEnumerable<(GpuOffer Offer, PlanReport? Report)> reports) => Console.WriteLine(JsonSerializer.Serialize(
        reports.Where(pair => pair.Report is not null).Select(pair => pair.Report! with { Run = pair.Report.Run with { Samples = [] } }),
        new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }));

    private static void Print(PriceSheet sheet, Workload work, SimulationOptions options, List<(GpuOffer Offer, PlanReport? Report)> reports)
    {
        AnsiConsole.WriteLine($"{work.Documents:#,0} documents of {work.PagesPerDocument:0.#} pages: {work.PromptTokens:#,0} tokens read and {work.OutputTokens:#,0} written each, {work.Sequences} sequences a document");
        AnsiConsole.WriteLine();
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (var (offer, _) in reports) table.AddColumn(new TableColumn(offer.Name).RightAligned());
        Row("documents at once on a GPU", report => $"{report.ConcurrentDocuments}");
        Row("prefill of a document, s", report => $"{report.PrefillSeconds:0.00}");
        Row("GPU seconds a document, batch full", report => $"{report.SecondsPerDocument:0.00}");
        Row("pages an hour and GPU", report => $"{report.PagesPerHour:#,0}");
        Row("USD per 1,000 pages, always busy", report => $"{report.SteadyDollarsPer1000Pages:0.00}");
        table.AddEmptyRow();
        Row("simulated: wall time", report => Duration(report.Run.Makespan));
        Row("most workers / cold starts", report => $"{report.Run.PeakWorkers} / {report.Run.ColdStarts}");
        Row("GPU busy", report => $"{report.Run.Utilisation:0%}");
        Row("queue age p50 / p95 / max", report => $"{Duration(report.Run.QueueAgeP50)} / {Duration(report.Run.QueueAgeP95)} / {Duration(report.Run.QueueAgeMax)}");
        Row("lock renewals / redeliveries", report => $"{report.Run.Renewals:#,0} / {report.Run.Redeliveries:#,0}");
        Row("USD in all", report => $"{report.Dollars:#,0.00}");
        Row("USD per 1,000 pages", report => $"{report.DollarsPer1000Pages:0.00}");
        AnsiConsole.Write(table);

        AnsiConsole.WriteLine("Assumptions");
        foreach (var line in (string[])
        [
            $"engine: roofline of SmolLM3-3B in 16 bit; prefill at {sheet.PrefillShareOfPeak:0%} of the matrix peak, decode at {sheet.DecodeShareOfBandwidth:0%} of the bandwidth",
            $"scaling: KEDA polls every {options.PollingSeconds:0} s and starts a worker per {options.MessagesPerWorker} active messages; cold start {options.ColdStartSeconds:0} s; a worker leaves after {options.IdleSeconds:0} s idle",
            $"delivery: locks of {options.LockSeconds:0} s renewed at half time, lost once in {1 / options.RenewalLossProbability:#,0}; {options.CrashesPerWorkerHour:0.##} crashes a worker-hour; lengths lognormal, sigma {options.LengthSigma:0.##}",
            $"prices: {sheet.Note}",
        ])
        {
            AnsiConsole.WriteLine($"  {line}");
        }

        void Row(string label, Func<PlanReport, string> cell) =>
            table.AddRow([label, .. reports.Select(pair => pair.Report is null ? "does not fit" : cell(pair.Report))]);
    }

    private static string Duration(double seconds) => seconds switch
    {
        < 120 => $"{seconds:0} s",
        < 7200 => $"{seconds / 60:0.#} min",
        < 172_800 => $"{seconds / 3600:0.#} h",
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0.#} d"),
    };
}
