using SmolLM3.Inference;
using SmolLM3.Inference.Benchmarking;
using System.CommandLine;

namespace SmolLM3.Measure.Commands;

/// <summary><c>long</c>: one sequence up to a length, to the end.</summary>
internal static class LongCommand
{
    public static Command Create()
    {
        var tokens =
            new Option<int>("--tokens") { Description = "Tokens of prompt and answer together.", DefaultValueFactory = _ => 131_072 };
        var generated = new Option<int>("--max-tokens") { Description = "How many of them are generated.", DefaultValueFactory = _ => 64 };
        return MeasureCommand.Create("long", "Runs one sequence of 131,072 tokens to its end.", async (
            parsed, options, log, cancellationToken) =>
        {
            await using var engine = await InferenceEngine.LoadAsync(
                options.Source(parsed), options.Engine(parsed), null, cancellationToken);
            var answer = parsed.GetValue(generated);
            var load = new MixedLoadOptions { Documents = 1, ShortestDocument = parsed.GetValue(tokens) - answer, LongestDocument = parsed.GetValue(tokens) - answer, GeneratedTokens = answer };
            var report = await MixedLoad.RunAsync(engine, load, cancellationToken);
            log.Append("long", new
            {
                report.PromptTokens,
                report.GeneratedTokens,
                report.Seconds,
                FirstTokenSeconds = report.MedianFirstTokenSeconds,
                SecondsPerGeneratedToken = (report.Seconds - report.MedianFirstTokenSeconds) / Math.Max(1, answer - 1),
                report.Steps,
                report.GpuPeakMemoryBytes,
                WorkingSetBytes = Environment.WorkingSet,
            }, options.Settings(parsed));
        }, tokens, generated);
    }
}
