using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Manifests;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Writes the two files of a shard.</summary>
internal static class ShardFiles
{
    private const string TaskName = "lines";

    /// <summary>Writes the lines, answers into one file and errors into the other, and returns the task as the manifest lists it.</summary>
    /// <param name="results">Where to.</param>
    /// <param name="job">The shard.</param>
    /// <param name="model">The model that answered.</param>
    /// <param name="prefix">Before the names of the files.</param>
    /// <param name="lines">The lines, in the order of the input.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ManifestTask> WriteAsync(
        ResultStore results, JobRecord job, LanguageModelInfo model, string prefix, IReadOnlyList<LineAnswer> lines,
        CancellationToken cancellationToken)
    {
        var files = new List<ManifestFile>();
        foreach (var (name, failed) in new[] { (BlobNames.OutputFile, false), (BlobNames.ErrorFile, true) })
        {
            var content = lines.Where(line => line.Failed == failed).SelectMany(line => line.Bytes).ToArray();
            if (content.Length > 0)
                files.Add(await results.WriteAsync(job, model, prefix + name, "application/jsonl", content, cancellationToken)
                    .ConfigureAwait(false));
        }
        var notRun = lines.Count(line => line.NotRun);
        return new ManifestTask
        {
            Name = TaskName,
            Type = TaskName,
            Coverage = lines.Count == 0 ? 1 : 1 - ((double)notRun / lines.Count),
            Files = files,
            Error = notRun == 0 ? null : $"{notRun:N0} of {lines.Count:N0} lines were not executed.",
            Lines = new ManifestLines(
                lines.Count(line => !line.Failed), lines.Count(line => line is { Failed: true, NotRun: false }), notRun),
        };
    }

    /// <summary>The sum over answered lines.</summary>
    public static TokenUsage Usage(IEnumerable<LineAnswer> lines) => lines.Aggregate(default(TokenUsage), (sum, line) => sum + line.Usage);
}

/// <summary>What became of a line.</summary>
/// <param name="Bytes">Its line in the output or error file.</param>
/// <param name="Failed">Whether it goes into the error file.</param>
/// <param name="NotRun">Whether it was not even tried.</param>
/// <param name="Usage">Tokens read and written.</param>
internal readonly record struct LineAnswer(byte[] Bytes, bool Failed, bool NotRun = false, TokenUsage Usage = default);
