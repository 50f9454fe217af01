using SmolLM3.Inference;
using SmolLM3.Inference.Benchmarking;
using System.CommandLine;

namespace SmolLM3.Measure.Commands;

/// <summary><c>steps</c>: whether tensors or memory grow with the number of steps.</summary>
internal static class StepsCommand
{
    public static Command Create()
    {
        var count = new Option<int>("--count") { Description = "Steps.", DefaultValueFactory = _ => 10_000 };
        return MeasureCommand.Create("steps", "Counts tensors and memory before and after many steps.", async (
            parsed, options, log, cancellationToken) =>
        {
            await using var engine = await InferenceEngine.LoadAsync(
                options.Source(parsed), options.Engine(parsed), null, cancellationToken);
            log.Append(
                "steps", await StepGrowth.RunAsync(engine, parsed.GetValue(count), cancellationToken: cancellationToken),
                options.Settings(parsed));
        }, count);
    }
}
