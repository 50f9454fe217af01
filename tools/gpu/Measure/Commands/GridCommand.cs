using SmolLM3.Inference.Benchmarking;
using System.CommandLine;

namespace SmolLM3.Measure.Commands;

/// <summary><c>bench</c>: prefill and decode at each batch size and prompt length, and the ceilings that they are shares of.</summary>
internal static class GridCommand
{
    public static Command Create()
    {
        var batch = MeasureCommand.Numbers("--batch", "Sequences at once.", "1,8,32");
        var prompt = MeasureCommand.Numbers("--prompt", "Tokens of each prompt.", "1024,16384,131008");
        var tokens =
            new Option<int>("--max-tokens") { Description = "Tokens that each sequence generates.", DefaultValueFactory = _ => 64 };
        return MeasureCommand.Create("bench", "Measures prefill and decode as shares of ceilings measured in the same run.", async (
            parsed, options, log, cancellationToken) =>
        {
            var settings = options.Settings(parsed);
            var report = await InferenceBenchmark.RunAsync(
                new()
                {
                    Shape = options.Shape(parsed),
                    Checkpoint = options.Checkpoint(parsed) is null ? null : options.Source(parsed),
                    ComputeType = options.Type(parsed),
                    Device = options.Device(parsed),
                    KvCacheBytes = options.CacheBytes(parsed),
                    MaxStepTokens = options.StepTokens(parsed),
                    FusedKernels = options.Fused(parsed),
                    BatchSizes = parsed.GetValue(batch)!,
                    PromptLengths = parsed.GetValue(prompt)!,
                    GeneratedTokens = parsed.GetValue(tokens),
                    Measured = new Each<BenchmarkCase>(measured => log.Append("case", measured, settings)),
                },
                new Each<string>(Console.Error.WriteLine),
                cancellationToken);
            foreach (var skipped in report.Skipped)
                log.Append("skipped", skipped, settings);
            log.Append(
                "ceilings",
                new { report.Machine.ReadBytesPerSecond, report.Machine.FlopsPerSecond, report.LoadSeconds, report.WeightBytes, report.Kernels }, settings);
        }, batch, prompt, tokens);
    }


    private sealed class Each<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
