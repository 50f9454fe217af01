using System.Diagnostics;
using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Messages;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Batches from their creation to their output files: validating ► in_progress ► finalizing ► completed | expired | cancelled, or failed.
/// Every step can be repeated, and the marker of a batch that is not over brings the reconciler back to it.
/// </summary>
public sealed partial class BatchService(
    BatchStore batches,
    FileStore files,
    BatchOutput output,
    JobIntake intake,
    JobStore jobs,
    JobFinisher finisher,
    ResultStore results,
    IMessageSender sender,
    JobIds ids,
    IOptions<BatchOptions> options,
    TimeProvider time,
    ILogger<BatchService> logger)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    /// <summary>Creates a batch over an input file and queues its planning.</summary>
    public async Task<BatchRecord> CreateAsync(
        BatchFile input, string endpoint, string completionWindow, IReadOnlyDictionary<string, string> metadata,
        CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var batch = new BatchRecord
        {
            Id = BatchStore.IdPrefix + ids.Next(), State = BatchState.Validating, Endpoint = endpoint, InputFileId = input.Id,
            CompletionWindow = completionWindow, Metadata = metadata, CreatedAt = now, ExpiresAt = now + Window,
        };
        // An id is drawn once: where it is taken, it was taken by this call, whose first answer got lost on its way.
        await batches.TryCreateAsync(batch, cancellationToken).ConfigureAwait(false);
        try
        {
            await SendPlanAsync(batch.Id, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (TransientFaults.MayPass(exception) && !cancellationToken.IsCancellationRequested)
        {
            // The batch stands and will be planned by the reconciler; a caller who is told that it failed makes another.
            LogPlannedLater(batch.Id, exception.Message);
        }
        return batch;
    }

    /// <summary>Handles the message that asks for a batch to be planned.</summary>
    public async Task<Settlement> HandlePlanAsync(Delivery delivery, CancellationToken cancellationToken = default)
    {
        using var activity = TraceContext.Start("batches.plan", ActivityKind.Consumer, delivery.TraceParent);
        try
        {
            var message = JsonSerializer.Deserialize(
                delivery.Body.Span, BatchJson.Default.BatchMessage) ?? throw new JsonException("It is null.");
            await PlanAsync(message.BatchId, cancellationToken).ConfigureAwait(false);
            return Settlement.Complete;
        }
        catch (JsonException exception)
        {
            return Settlement.DeadLetter(ErrorCodes.InvalidMessage, $"The message asks for no batch: {JsonFault.Describe(exception)}.");
        }
    }

    /// <summary>Cuts the input into shards and queues them, if that is not done.</summary>
    public async Task PlanAsync(string id, CancellationToken cancellationToken = default)
    {
        var waiting = await batches.FindAsync(id, cancellationToken).ConfigureAwait(false);
        if (waiting is not { State: BatchState.Validating or BatchState.Cancelling, InProgressAt: null } batch)
            return;
        var (shards, errors) = await ReadInputAsync(batch, cancellationToken).ConfigureAwait(false);
        if (errors.Count > 0)
        {
            await EndAsync(
                id,
                record => record.InProgressAt is not null
                    ? null
                    : record with { State = BatchState.Failed, Errors = errors, EndedAt = time.GetUtcNow() },
                cancellationToken).ConfigureAwait(false);
            return;
        }
        var planned = new List<BatchShard>(shards.Count);
        foreach (var shard in shards)
        {
            if (!batch.CancelRequested)
                await AdmitAsync(batch, shard, cancellationToken).ConfigureAwait(false);

            // A planner that came to nothing may have admitted some.
            var isOpen = !batch.CancelRequested || await CancelAsync(shard.JobId, cancellationToken).ConfigureAwait(false) is not null;
            planned.Add(shard with { State = isOpen ? null : JobState.Cancelled });
        }
        var update = await batches.UpdateAsync(id, record => record.InProgressAt is not null || record.IsFinal ? null : record with
        {
            State = record.CancelRequested ? BatchState.Cancelling : BatchState.InProgress,
            Shards = planned,
            InProgressAt = time.GetUtcNow(),
        }, cancellationToken).ConfigureAwait(false);
        LogPlanned(id, shards.Count);
        if (!batch.CancelRequested && update is { Changed: false, Value: { CancelRequested: true } or { IsFinal: true } })
        {
            // Another planner saw the cancellation, or the end, before these were admitted.
            foreach (var shard in planned)
                await CancelAsync(shard.JobId, cancellationToken).ConfigureAwait(false);
        }
        // Shards can be faster than their plan.
        await AdvanceAsync(id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks a batch to end.</summary>
    /// <returns>The record as it stands, or null if there is none.</returns>
    public async Task<BatchRecord?> CancelAsync(string id, CancellationToken cancellationToken = default)
    {
        if (await batches.FindAsync(id, cancellationToken).ConfigureAwait(false) is null)
            return null;
        var update = await batches.UpdateAsync(id, record => record.State is not (
            BatchState.Validating or BatchState.InProgress) ? null : record with
        {
            State = BatchState.Cancelling, CancelRequested = true, CancellingAt = time.GetUtcNow(),
        }, cancellationToken).ConfigureAwait(false);
        await AdvanceAsync(id, cancellationToken).ConfigureAwait(false);
        return await batches.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? update?.Value;
    }

    /// <summary>
    /// Takes a batch as far as its shards are: notes those that are over, passes a cancellation on, writes the output when all are over.
    /// </summary>
    public async Task AdvanceAsync(string id, CancellationToken cancellationToken = default)
    {
        if (await batches.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } batch)
            return;
        if (batch.IsFinal)
        {
            await batches.RemoveMarkerAsync(id, cancellationToken).ConfigureAwait(false);
            return;
        }
        if (batch.InProgressAt is null)
            return;
        batch = await NoteShardsAsync(batch, cancellationToken).ConfigureAwait(false);
        if (batch.CancelRequested)
            await CancelShardsAsync(batch, cancellationToken).ConfigureAwait(false);
        if (batch.IsFinal || !batch.ShardsAreFinal)
            return;
        var finalizing = await batches.UpdateAsync(id, record => record.FinalizingAt is not null ? null : record with
        {
            State = record.State == BatchState.Cancelling ? BatchState.Cancelling : BatchState.Finalizing, FinalizingAt = time.GetUtcNow(),
        }, cancellationToken).ConfigureAwait(false);
        await FinalizeAsync(finalizing!.Value.Value, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Plans a batch that is not planned, or ends it where its window is over; else advances it.</summary>
    public async Task RepairAsync(string id, CancellationToken cancellationToken = default)
    {
        if (await batches.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { InProgressAt: null, IsFinal: false } unplanned)
            await AdvanceAsync(id, cancellationToken).ConfigureAwait(false);
        else if (unplanned.ExpiresAt <= time.GetUtcNow())
            await EndUnplannedAsync(id, BatchState.Expired, [], cancellationToken).ConfigureAwait(false);
        else
            await PlanAsync(id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends a batch that cannot be planned; one that is planned, or over, stays as it is.</summary>
    public Task FailUnplannedAsync(string id, BatchError error, CancellationToken cancellationToken = default) =>
        EndUnplannedAsync(id, BatchState.Failed, [error], cancellationToken);

    private async Task EndUnplannedAsync(string id, BatchState state, IReadOnlyList<BatchError> errors, CancellationToken cancellationToken)
    {
        if (await batches.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { InProgressAt: null, IsFinal: false })
            return;
        await EndAsync(
            id,
            record => record.InProgressAt is not null ? null : record with { State = state, Errors = errors, EndedAt = time.GetUtcNow() },
            cancellationToken).ConfigureAwait(false);

        // Shards are admitted in their order, so the first that is missing ends them.
        for (var number = 1; await CancelAsync(BatchPlanner.ShardId(id, number), cancellationToken).ConfigureAwait(false) is not null;)
            number++;
    }

    private async Task<(List<BatchShard> Shards, List<BatchError> Errors)> ReadInputAsync(
        BatchRecord batch, CancellationToken cancellationToken)
    {
        var file = await files.FindAsync(batch.InputFileId, cancellationToken).ConfigureAwait(false);
        var content = file is null ? null : await files.OpenAsync(file, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (content is null)
            return ([], [new BatchError(
                "invalid_input_file", $"The file '{batch.InputFileId}' was deleted before the batch was read.", Param: "input_file_id")]);
        await using (content.ConfigureAwait(false))
            return await BatchPlanner.PlanAsync(batch.Id, file!, content, options.Value, cancellationToken).ConfigureAwait(false);
    }

    private Task AdmitAsync(BatchRecord batch, BatchShard shard, CancellationToken cancellationToken) => intake.AdmitAsync(new JobRecord
    {
        Id = shard.JobId,
        State = JobState.Accepted,
        Door = JobDoor.Batch,
        Shard = shard.Source,
        BatchId = batch.Id,
        Deadline = batch.ExpiresAt,
        Fingerprint = $"{batch.InputFileId}:{shard.Source.Offset}",
        CreatedAt = batch.CreatedAt,
        UpdatedAt = time.GetUtcNow(),
        QueuedAt = time.GetUtcNow(),
        TraceParent = TraceContext.Current,
    }, cancellationToken);

    private async Task<BatchRecord> NoteShardsAsync(BatchRecord batch, CancellationToken cancellationToken)
    {
        var open = batch.Shards.Where(shard => shard.State is null).ToList();
        var ended = new Dictionary<JobId, BatchShard>();
        foreach (var chunk in open.Chunk(32))
        {
            foreach (var shard in await Task.WhenAll(chunk.Select(shard => LookAsync(shard, cancellationToken))).ConfigureAwait(false))
            {
                if (shard is not null)
                    ended[shard.JobId] = shard;
            }
        }
        if (ended.Count == 0)
            return batch;
        var update = await batches.UpdateAsync(batch.Id, record => record with
        {
            Shards = [.. record.Shards.Select(shard => shard.State is null && ended.TryGetValue(shard.JobId, out var end) ? end : shard)],
        }, cancellationToken).ConfigureAwait(false);
        return update!.Value.Value;
    }

    private async Task<BatchShard?> LookAsync(BatchShard shard, CancellationToken cancellationToken)
    {
        if (await jobs.FindAsync(shard.JobId, cancellationToken).ConfigureAwait(false) is not { State: var state } || !state.IsFinal())
            return null;
        if (await results.FindManifestAsync(shard.JobId, cancellationToken).ConfigureAwait(false) is not { Tasks: [var task, ..] } manifest)
            return shard with { State = state, Failed = state == JobState.Failed ? shard.Requests : 0 };
        return shard with
        {
            State = state,
            Completed = task.Lines?.Completed ?? 0,
            Failed = (task.Lines?.Failed ?? 0) + (state == JobState.Failed ? task.Lines?.NotRun ?? 0 : 0),
            OutputFile = task.Files.FirstOrDefault(file => file.Name.EndsWith(BlobNames.OutputFile, StringComparison.Ordinal))?.Name,
            ErrorFile = task.Files.FirstOrDefault(file => file.Name.EndsWith(BlobNames.ErrorFile, StringComparison.Ordinal))?.Name,
            Model = manifest.Model.Name,
            Usage = manifest.Usage.Tokens,
        };
    }

    private async Task CancelShardsAsync(BatchRecord batch, CancellationToken cancellationToken)
    {
        foreach (var shard in batch.Shards.Where(shard => shard.State is null))
            await CancelAsync(shard.JobId, cancellationToken).ConfigureAwait(false);
    }

    private Task<JobRecord?> CancelAsync(JobId shard, CancellationToken cancellationToken) =>
        finisher.FinishAsync(shard, record => record.RequestCancel(time.GetUtcNow()), cancellationToken);

    private async Task FinalizeAsync(BatchRecord batch, CancellationToken cancellationToken)
    {
        var (outputFile, errorFile) = await output.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        await EndAsync(batch.Id, record => record with
        {
            State = record.CancelRequested ? BatchState.Cancelled
                : record.Shards.Any(shard => shard.State == JobState.Expired) ? BatchState.Expired
                : BatchState.Completed,
            OutputFileId = outputFile?.Id,
            ErrorFileId = errorFile?.Id,
            EndedAt = time.GetUtcNow(),
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task EndAsync(string id, Func<BatchRecord, BatchRecord?> change, CancellationToken cancellationToken)
    {
        var update = await batches.UpdateAsync(id, record => record.IsFinal ? null : change(record), cancellationToken)
            .ConfigureAwait(false);
        if (update is { Value.IsFinal: false })
            return;
        await batches.RemoveMarkerAsync(id, cancellationToken).ConfigureAwait(false);
        if (update is { Changed: true, Value: var batch })
            LogEnded(id, batch.State);
    }

    private Task SendPlanAsync(string id, CancellationToken cancellationToken)
    {
        var message = new ServiceBusMessage(
            new BinaryData(JsonSerializer.SerializeToUtf8Bytes(new BatchMessage(id), BatchJson.Default.BatchMessage)))
        {
            MessageId = id, Subject = BatchMessage.Subject, ContentType = "application/json",
        };
        if (TraceContext.Current is { } parent)
            message.ApplicationProperties[TraceContext.Property] = parent;
        return sender.SendAsync(QueueNames.Jobs, message, cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Batch {Batch}: {Shards} shards queued.")]
    private partial void LogPlanned(string batch, int shards);

    [LoggerMessage(LogLevel.Warning, "Batch {Batch} is created, but the message that has it planned could not be sent: {Reason}")]
    private partial void LogPlannedLater(string batch, string reason);

    [LoggerMessage(LogLevel.Information, "Batch {Batch} is now {State}.")]
    private partial void LogEnded(string batch, BatchState state);
}
