using System.Security.Cryptography;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Manifests;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Keeps what a shard has when it ends before it is done: the answers that are finished, and an error line for every other line. It needs
/// no model, so whoever ends the shard can do it: its worker, the functions, the reconciler.
/// </summary>
public sealed class ShardSalvage(ShardReader reader, CheckpointStore checkpoints, ResultStore results, TimeProvider time)
{
    private const int ParallelReads = 16;

    /// <summary>Writes the files and commits them. Null where the shard has not been begun, or its input or checkpoints are gone.</summary>
    /// <param name="job">The shard.</param>
    /// <param name="end">The record as it is about to end: cancelled, expired or failed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Manifest?> CommitAsync(JobRecord job, JobRecord end, CancellationToken cancellationToken = default)
    {
        if (await checkpoints.FindAsync(job.Id, ShardIndexJson.Key, ShardIndexJson.Default.ShardIndex, cancellationToken)
            .ConfigureAwait(false) is not { } index
            || await reader.ReadAsync(job, cancellationToken).ConfigureAwait(false) is not { } lines)
            return null;
        var kept = await checkpoints.ListAsync(job.Id, cancellationToken).ConfigureAwait(false);
        var answers = new List<LineAnswer>();
        foreach (var chunk in lines.Chunk(ParallelReads))
            answers.AddRange(await Task.WhenAll(chunk.Select(line => AnswerAsync(job, end, line, index, kept, cancellationToken)))
                .ConfigureAwait(false));

        // Two who salvage at different times find different answers, and a worker that finishes after all finds more: none may meet the
        // files of another.
        var task = await ShardFiles.WriteAsync(
            results, job, index.Model, $"{end.State.ToName()}-{Tag(answers)}-", answers, cancellationToken).ConfigureAwait(false);
        var usage = ShardFiles.Usage(answers);
        return await results.CommitAsync(
            new Manifest
            {
                JobId = job.Id,
                State = end.State,
                BatchId = job.BatchId,
                Tasks = [task],
                Model = new ManifestModel(index.Model.Name, index.Model.Revision),
                Usage = new ManifestUsage(
                    usage.PromptTokens, usage.CachedTokens, usage.CompletionTokens, 0) { ReasoningTokens = usage.ReasoningTokens },
                Timings = ManifestTimings.Of(job, time.GetUtcNow()),
                Metadata = job.Metadata,
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The error line of a line that was not executed.</summary>
    internal static byte[] NotRun(JobId job, JobState end, JobError? error, int line, string? customId) =>
        ChatLineWriter.Error(job, line, customId, end switch
    {
        JobState.Cancelled => new ChatLineError("batch_cancelled", "This request was not executed because the batch was cancelled."),
        JobState.Expired => new ChatLineError("batch_expired", "This request could not be executed before the completion window expired."),
        _ => new ChatLineError("server_error", error?.Message ?? "The shard of this line failed."),
    });

    private async Task<LineAnswer> AnswerAsync(
        JobRecord job, JobRecord end, ShardLine line, ShardIndex index, IReadOnlySet<string> kept, CancellationToken cancellationToken)
    {
        if (line.Refusal is { } refusal)
            return new LineAnswer(refusal, Failed: true);
        var completion = index.Keys.TryGetValue(line.Number, out var key) && kept.Contains(key)
            ? await checkpoints.FindAsync(job.Id, key, BatchJson.Default.Completion, cancellationToken).ConfigureAwait(false)
            : null;
        return completion is null
            ? new LineAnswer(NotRun(job.Id, end.State, end.Error, line.Number, line.CustomId), Failed: true, NotRun: true)
            : new LineAnswer(
                ChatLineWriter.Answer(
                    job.Id, line.Number, line.CustomId, completion, index.Model,
                    job.StartedAt ?? job.CreatedAt), Failed: false, Usage: completion.Usage);
    }

    private static string Tag(IEnumerable<LineAnswer> answers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var answer in answers)
            hash.AppendData(answer.Bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6));
    }
}
