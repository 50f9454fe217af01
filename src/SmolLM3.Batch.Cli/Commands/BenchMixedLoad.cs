using System.CommandLine;
using System.CommandLine.Parsing;
using SmolLM3.Inference;
using SmolLM3.Inference.Benchmarking;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary>The mixed load of <c>smollm3 bench --documents</c>: documents of unlike length that are all there at once.</summary>
internal sealed class BenchMixedLoad
{
    private readonly Option<int?> _documents = new("--documents") { Description = "Instead of batches: runs so many documents of unlike length at once, with prefixes shared and tokens guessed as in a worker." };
    private readonly Option<(int From, int To)> _tokens = new("--document-tokens")
    {
        Description = "Tokens of the shortest and the longest document; in between log-uniform. Default: 200-2000.",
        HelpName = "FROM-TO",
        CustomParser = Range,
        DefaultValueFactory = _ => (200, 2000),
    };

    public IEnumerable<Option> Options => [_documents, _tokens];

    public bool IsAskedFor(ParseResult parsed) => parsed.GetValue(_documents) is not null;

    public void Validate(CommandResult result)
    {
        if (result.GetValue(_documents) < 1) result.AddError("--documents must be at least 1.");
    }

    /// <summary>Runs it on the engine that <paramref name="options"/> describe.</summary>
    public async Task<MixedLoadReport> RunAsync(ParseResult parsed, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var (from, to) = parsed.GetValue(_tokens);
        await using var engine = await InferenceEngine.LoadAsync(
            new RandomCheckpoint(ModelShapes.Get(options.Shape), options.Seed),
            new() { ComputeType = options.ComputeType, Device = options.Device },
            null,
            cancellationToken);
        var load = new MixedLoadOptions
        {
            Documents = parsed.GetValue(_documents)!.Value,
            ShortestDocument = from,
            LongestDocument = to,
            GeneratedTokens = options.GeneratedTokens,
            Seed = options.Seed,
        };
        return await MixedLoad.RunAsync(engine, load, cancellationToken);
    }

    public static void Print(MixedLoadReport report) => Console.WriteLine(FormattableString.Invariant(
        $"{report.Documents} documents of {report.PromptTokens:N0} tokens in all, {report.GeneratedTokens:N0} generated, in {report.Seconds:0.0} s: {report.DocumentsPerMinute:0.0} documents a minute, {report.PromptTokensPerSecond:0} prompt and {report.GeneratedTokensPerSecond:0.0} generated tokens a second; first token after {report.MedianFirstTokenSeconds:0.0} s (median); {report.Steps:N0} steps, overhead {report.OverheadShare:0.00%}, {report.OverheadMillisecondsPerStep:0.00} ms each; {report.Preemptions} preemptions")
        + (report.GpuBusyShare is { } busy ? FormattableString.Invariant(
            $"; GPU busy {busy:0.0%}, at most {report.GpuPeakMemoryBytes / 1e9:0.0} GB") : ""));

    private static (int, int) Range(ArgumentResult result)
    {
        var parts = result.Tokens[0].Value.Split('-');
        if (parts.Length == 2 && int.TryParse(parts[0], out var from) && int.TryParse(parts[1], out var to) && from >= 1 && to >= from)
            return (from, to);
        result.AddError("--document-tokens takes two numbers of at least 1, the smaller first: 2000-100000.");
        return default;
    }
}
