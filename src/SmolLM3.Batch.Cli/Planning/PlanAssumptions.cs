using System.Globalization;

namespace SmolLM3.Batch.Cli.Planning;

/// <summary>What a plan takes for granted, in words.</summary>
internal static class PlanAssumptions
{
    public static IReadOnlyList<string> Of(PriceSheet sheet, Workload work, SimulationOptions options)
    {
        var shape = ModelShape.SmolLM3;
        return
        [
            Line($"documents: {work.TokensPerPage:0.#} tokens a page; lengths lognormal around the mean, sigma {options.LengthSigma:0.##}; {(options.ArrivalSeconds > 0 ? $"arriving evenly over {Durations.Text(options.ArrivalSeconds)}" : "all there at once")}"),
            Line($"engine: SmolLM3-3B in 16 bit, {shape.WeightBytes / 1e9:0.00} GB of weights and {shape.KeyValueBytesPerToken:#,0} bytes of cache a token; prefill at {sheet.PrefillShareOfPeak:0%} of the matrix peak, decode at {sheet.DecodeShareOfBandwidth:0%} of the bandwidth; up to {EngineModel.MaxSequences} sequences a step, no speculation"),
            Line($"workers: up to {options.JobsPerWorker} documents share one, and it one GPU evenly; a document longer than the cache or {shape.ContextLength:#,0} tokens is read in parts"),
            Line($"scaling: KEDA polls every {options.PollingSeconds:0} s and starts a worker per {options.MessagesPerWorker} active messages, those being worked on included; cold start {options.ColdStartSeconds:0} s; a worker leaves after {options.IdleSeconds:0} s idle"),
            Line($"delivery: locks of {options.LockSeconds:0} s renewed at half time, one in {1 / options.RenewalLossProbability:#,0} lost; {options.CrashesPerWorkerHour:0.##} crashes a worker-hour; what is delivered again is computed again from the start"),
            Line($"not included: reading PDFs, the functions, storage and messages (cents per 1,000 documents), what rests (docs/deploy.md)"),
            $"prices: {sheet.Note}",
        ];
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
