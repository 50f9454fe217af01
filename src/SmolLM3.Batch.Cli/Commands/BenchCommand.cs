using System.CommandLine;
using System.Text.Json;
using SmolLM3.Inference;
using SmolLM3.Inference.Benchmarking;
using Spectre.Console;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary><c>smollm3 bench</c>: how fast the engine is on this machine, as shares of what the machine can do.</summary>
internal static class BenchCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create()
    {
        var shape = new Option<string>("--shape")
        {
            Description = $"Shape of the random weights: {string.Join(", ", ModelShapes.Names)}.",
            DefaultValueFactory = _ => "1b",
        };
        var batch = Numbers("--batch", "Sequences at once, separated by commas.", "1,8");
        var prompt = Numbers("--prompt", "Tokens of each prompt, separated by commas.", "256");
        var tokens =
            new Option<int>("--max-tokens", "-n") { Description = "Tokens that each sequence generates.", DefaultValueFactory = _ => 32 };
        var dtype = new Option<ComputeType>("--dtype") { Description = "Number type of weights, activations and KV cache.", DefaultValueFactory = _ => ComputeType.BFloat16 };
        var device = new Option<string?>("--device") { Description = "cpu, cuda or cuda:N. Default: CUDA where there is a device." };
        var seed = new Option<ulong>("--seed") { Description = "Seed of weights and prompts.", DefaultValueFactory = _ => 1 };
        var json = CommonOptions.Json();
        var mixed = new BenchMixedLoad();
        var command = new Command("bench", "Measures prefill and decode on random weights, as shares of the machine's own limits.")
        {
            shape, batch, prompt, tokens, dtype, device, seed, json,
        };
        foreach (var option in mixed.Options)
            command.Options.Add(option);
        command.Validators.Add(mixed.Validate);
        command.Validators.Add(result =>
        {
            // An option that was not given has no value yet.
            if (result.GetResult(shape) is not null && !ModelShapes.Names.Contains(result.GetValue(shape)))
                result.AddError($"--shape must be one of {string.Join(", ", ModelShapes.Names)}.");
            if (result.GetResult(tokens) is not null && result.GetValue(tokens) < 2)
                result.AddError("--max-tokens must be at least 2: the first token belongs to prefill.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new BenchmarkOptions
            {
                Shape = parsed.GetValue(shape)!,
                BatchSizes = parsed.GetValue(batch)!,
                PromptLengths = parsed.GetValue(prompt)!,
                GeneratedTokens = parsed.GetValue(tokens),
                ComputeType = parsed.GetValue(dtype),
                Device = parsed.GetValue(device),
                Seed = parsed.GetValue(seed),
            };
            if (mixed.IsAskedFor(parsed))
                Show(parsed.GetValue(json), await mixed.RunAsync(parsed, options, cancellationToken), BenchMixedLoad.Print);
            else Show(parsed.GetValue(json), await InferenceBenchmark.RunAsync(options, new StandardError(), cancellationToken), Print);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Option<int[]> Numbers(string name, string description, string value) => new(name)
    {
        Description = $"{description} Default: {value}.",
        HelpName = "N,N",
        CustomParser = result =>
        {
            var numbers = result.Tokens[0].Value.Split(',').Select(text => int.TryParse(text, out var number) && number > 0 ? number : 0)
                .ToArray();
            if (numbers.Contains(0)) result.AddError($"{name} takes numbers of at least 1, separated by commas.");
            return numbers;
        },
        DefaultValueFactory = _ => [.. value.Split(',').Select(int.Parse)],
    };

    private static void Show<T>(bool asJson, T report, Action<T> print)
    {
        if (asJson) Console.WriteLine(JsonSerializer.Serialize(report, Json));
        else print(report);
    }

    private static void Print(BenchmarkReport report)
    {
        AnsiConsole.WriteLine(FormattableString.Invariant(
            $"{report.Shape} in {report.ComputeType} on {report.Device}, {report.Threads} threads: {report.Parameters / 1e9:0.00} billion weights, {report.WeightBytes / 1e9:0.00} GB, made and loaded in {report.LoadSeconds:0.0} s; most memory {report.PeakMemoryBytes / 1e9:0.00} GB"));
        AnsiConsole.WriteLine(FormattableString.Invariant(
            $"The machine: at best reads {report.Machine.ReadBytesPerSecond / 1e9:0.0} GB/s and multiplies and adds {report.Machine.FlopsPerSecond / 1e9:0} GFLOP/s"));
        if (report.Device.StartsWith("cuda", StringComparison.Ordinal))
            AnsiConsole.WriteLine($"Kernels, {report.Kernels}");
        var table = new Table().Border(TableBorder.Markdown);
        foreach (var column in (string[])["batch", "prompt", "first token s", "prefill tok/s", "GFLOP/s", "of peak", "decode tok/s", "GB/s", "memory GB/s", "of it", "overhead"])
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var measured in report.Cases)
            table.AddRow(((FormattableString[])
            [
                $"{measured.BatchSize}", $"{measured.PromptTokens}", $"{measured.TimeToFirstTokenSeconds:0.00}",
                $"{measured.PrefillTokensPerSecond:0.0}",
                $"{measured.PrefillGigaflops:0.0}", $"{measured.PrefillShareOfPeak:0.0%}", $"{measured.DecodeTokensPerSecond:0.00}",
                $"{measured.DecodeGigabytesPerSecond:0.0}",
                $"{measured.ReadGigabytesPerSecondMeanwhile ?? report.Machine.ReadBytesPerSecond / 1e9:0.0}",
                $"{measured.DecodeShareOfBandwidth:0.0%}", $"{measured.OverheadShare:0.00%}",
            ]).Select(FormattableString.Invariant).ToArray());
        AnsiConsole.Write(table);
        foreach (var skipped in report.Skipped)
            AnsiConsole.WriteLine(FormattableString.Invariant(
                $"Batch {skipped.BatchSize} with prompts of {skipped.PromptTokens} was not measured: {skipped.Reason}"));
    }

    /// <summary>What is under way goes to standard error, so that standard output is the report alone.</summary>
    private sealed class StandardError : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine(value);
    }
}
