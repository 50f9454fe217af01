using SmolLM3.Inference;
using SmolLM3.Inference.Benchmarking;
using System.CommandLine;

namespace SmolLM3.Measure.Commands;

/// <summary><c>mixed</c>: documents of unlike length through continuous batching.</summary>
internal static class MixedCommand
{
    public static Command Create()
    {
        var load = new MixedLoadArguments();
        return MeasureCommand.Create("mixed", "Runs documents of unlike length that are all there at once.", async (
            parsed, options, log, cancellationToken) =>
        {
            await using var engine = await InferenceEngine.LoadAsync(
                options.Source(parsed), options.Engine(parsed), null, cancellationToken);
            log.Append("mixed", await MixedLoad.RunAsync(engine, load.Of(parsed), cancellationToken), options.Settings(parsed));
        }, load.All);
    }
}
