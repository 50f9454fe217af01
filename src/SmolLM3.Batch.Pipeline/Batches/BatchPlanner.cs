using Microsoft.Extensions.Options;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Cuts an input file into shards. The same file gives the same shards.</summary>
internal static class BatchPlanner
{
    /// <summary>The shards, or the errors for which the file cannot be used at all.</summary>
    public static async Task<(List<BatchShard> Shards, List<BatchError> Errors)> PlanAsync(
        string batchId, BatchFile file, Stream content, BatchOptions options, CancellationToken cancellationToken)
    {
        var shards = new List<BatchShard>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new OpenShard(0, 1);
        var requests = 0;
        await foreach (var line in JsonLines.ReadAsync(content, options.MaxLineBytes, cancellationToken).ConfigureAwait(false))
        {
            if (open.Requests > 0 && (open.Lines >= options.ShardLines || open.Length + line.Length > options.ShardBytes))
            {
                shards.Add(open.Close(batchId, shards.Count, file));
                open = new OpenShard(line.Offset, line.Number);
            }
            open.Lines++;
            open.Length += line.Length;
            if (line.IsBlank)
                continue;
            open.Requests++;
            if (++requests > options.MaxLines)
                return ([], [new BatchError(
                    "too_many_requests", $"The file has more than {options.MaxLines:N0} lines. Split it into several batches.",
                    line.Number)]);
            if (ChatLineReader.ReadCustomId(line.Content) is { } customId && !seen.Add(customId))
                open.Duplicates.Add(line.Number);
        }
        if (open.Requests > 0)
            shards.Add(open.Close(batchId, shards.Count, file));
        return shards.Count > 0
            ? (shards, [])
            : ([], [new BatchError("empty_file", "The file has no lines. Each line must be one request as JSON.")]);
    }

    /// <summary>The id of a batch's shard, counted from 1.</summary>
    public static JobId ShardId(string batchId, int number) => JobId.Parse($"{batchId}-{number:D5}");

    private sealed class OpenShard(long offset, int firstLine)
    {
        public int Lines { get; set; }

        public long Length { get; set; }

        public int Requests { get; set; }

        public List<int> Duplicates { get; } = [];

        public BatchShard Close(string batchId, int index, BatchFile file) => new(
            ShardId(batchId, index + 1),
            new ShardReference(file.Container, file.Blob, offset, Length, firstLine, Lines) { Duplicates = Duplicates },
            Requests);
    }
}
