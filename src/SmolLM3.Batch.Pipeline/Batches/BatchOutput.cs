using System.IO.Pipelines;
using Azure;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Joins the files of a batch's shards, in the order of the input. Lines of a shard that has no files become error lines, so that every
/// line of the input is found in exactly one of the two files.
/// </summary>
public sealed class BatchOutput(JobContainers containers, FileStore files, JobStore jobs, IOptions<BatchOptions> options, TimeProvider time)
{
    /// <summary>Writes both files. Writing them again gives the same files.</summary>
    public async Task<(BatchFile? Output, BatchFile? Errors)> WriteAsync(
        BatchRecord batch, CancellationToken cancellationToken = default) => (
        await WriteAsync(batch, BlobNames.OutputFile, "output", errors: false, cancellationToken).ConfigureAwait(false),
        await WriteAsync(batch, BlobNames.ErrorFile, "error", errors: true, cancellationToken).ConfigureAwait(false));

    private async Task<BatchFile?> WriteAsync(BatchRecord batch, string file, string kind, bool errors, CancellationToken cancellationToken)
    {
        if (batch.Shards.All(shard => FileOf(shard, errors) is null) && !(errors && batch.Shards.Any(HasNoFiles)))
            return null;
        var name = BlobNames.BatchResult(batch.Id, file);
        var length = await UploadAsync(name, async content =>
        {
            foreach (var shard in batch.Shards)
            {
                if (FileOf(shard, errors) is { } part)
                    await AppendAsync(shard, part, content, cancellationToken).ConfigureAwait(false);
                else if (errors && HasNoFiles(shard))
                    await AppendErrorsAsync(shard, content, cancellationToken).ConfigureAwait(false);
            }
        }, cancellationToken).ConfigureAwait(false);
        // One id for one batch and kind, so that writing again makes no second file.
        var record = new BatchFile(
            $"file-{batch.Id[BatchStore.IdPrefix.Length..]}-{kind}", $"{batch.Id}_{kind}.jsonl", FileStore.OutputPurpose, length,
            time.GetUtcNow(), ContainerNames.Results, name);
        await files.RecordAsync(record, cancellationToken).ConfigureAwait(false);
        return record;
    }

    /// <summary>
    /// Uploads what <paramref name="write"/> writes, unless another has done so: of several that end a batch at once one makes the file,
    /// and nobody ever reads half of it.
    /// </summary>
    /// <returns>Bytes of the file.</returns>
    private async Task<long> UploadAsync(string name, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        var blob = containers.Results.GetBlobClient(name);
        var pipe = new Pipe();
        var uploading = ReadAsync();
        var counted = new CountingStream(pipe.Writer.AsStream(leaveOpen: true));
        try
        {
            await write(counted).ConfigureAwait(false);
            await pipe.Writer.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await pipe.Writer.CompleteAsync(exception).ConfigureAwait(false);
            await ((Task)uploading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        return await uploading.ConfigureAwait(false)
            ? counted.Written
            : (await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value.ContentLength;

        async Task<bool> ReadAsync()
        {
            try
            {
                var options = new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
                await blob.UploadAsync(pipe.Reader.AsStream(leaveOpen: true), options, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (RequestFailedException exception) when (exception.Status is 409 or 412)
            {
                return false;
            }
            finally
            {
                // Else the writer would wait for ever for a reader that has failed.
                await pipe.Reader.CompleteAsync().ConfigureAwait(false);
            }
        }
    }

    private static string? FileOf(BatchShard shard, bool errors) => errors ? shard.ErrorFile : shard.OutputFile;

    private static bool HasNoFiles(BatchShard shard) => shard is { OutputFile: null, ErrorFile: null };

    private async Task AppendAsync(BatchShard shard, string file, Stream output, CancellationToken cancellationToken)
    {
        var blob = containers.Results.GetBlobClient(BlobNames.Result(shard.JobId, file));
        using var download = (await blob.DownloadStreamingAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
        await download.Content.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
    }

    private async Task AppendErrorsAsync(BatchShard shard, Stream output, CancellationToken cancellationToken)
    {
        var job = await jobs.FindAsync(shard.JobId, cancellationToken).ConfigureAwait(false);
        var source = new BatchFile("", "", "", 0, default, shard.Source.Container, shard.Source.Blob);
        var lines = await files.OpenAsync(source, shard.Source.Offset, shard.Source.Length, cancellationToken).ConfigureAwait(false);
        if (lines is null)
            return;
        await using (lines.ConfigureAwait(false))
        {
            await foreach (var line in JsonLines.ReadAsync(lines, options.Value.MaxLineBytes, cancellationToken).ConfigureAwait(false))
            {
                if (line.IsBlank)
                    continue;
                var number = shard.Source.FirstLine + line.Number - 1;
                var bytes = ShardSalvage.NotRun(
                    shard.JobId, shard.State!.Value, job?.Error, number, ChatLineReader.ReadCustomId(line.Content));
                await output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
