using Microsoft.Extensions.Options;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Reads the lines of a shard. A bad line costs that line only.</summary>
public sealed class ShardReader(FileStore files, IOptions<BatchOptions> options)
{
    /// <summary>The lines that are not blank; null if the input file is gone.</summary>
    internal async Task<IReadOnlyList<ShardLine>?> ReadAsync(JobRecord job, CancellationToken cancellationToken)
    {
        var shard = job.Shard!;
        var source = new BatchFile("", "", "", 0, default, shard.Container, shard.Blob);
        if (await files.OpenAsync(source, shard.Offset, shard.Length, cancellationToken).ConfigureAwait(false) is not { } content)
            return null;
        var lines = new List<ShardLine>();
        await using (content.ConfigureAwait(false))
        {
            await foreach (var line in JsonLines.ReadAsync(content, options.Value.MaxLineBytes, cancellationToken).ConfigureAwait(false))
            {
                if (!line.IsBlank)
                    lines.Add(Read(job, line with { Number = shard.FirstLine + line.Number - 1 }));
            }
        }
        return lines;
    }

    private ShardLine Read(JobRecord job, JsonLine line)
    {
        if (line.TooLong)
            return NotRead(new ChatLineError("line_too_long", $"The line has more than {options.Value.MaxLineBytes:N0} bytes."));
        var read = ChatLineReader.Read(line.Content);
        if (read.Error is { } error)
            return read.CustomId is null ? NotRead(error) : Refused(error);
        return job.Shard!.Duplicates.Contains(line.Number)
            ? Refused(new ChatLineError("duplicate_custom_id", $"An earlier line has the custom_id '{read.CustomId}'.", "custom_id"))
            : new ShardLine(line.Number, read.CustomId, read.Request, null);

        ShardLine NotRead(ChatLineError cause) => new(line.Number, null, null, ChatLineWriter.Error(job.Id, line.Number, null, cause));

        ShardLine Refused(ChatLineError cause) =>
            new(line.Number, read.CustomId, null, ChatLineWriter.Refusal(job.Id, line.Number, read.CustomId, 400, cause));
    }
}
