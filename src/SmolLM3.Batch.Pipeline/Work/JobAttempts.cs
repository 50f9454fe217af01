using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Manifests;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Runs a claimed job once, from its document to its committed manifest and its final record.</summary>
public sealed partial class JobAttempts(
    IEnumerable<IJobRunner> runners,
    ILanguageModel model,
    CompletionGate gate,
    ComputeMeter meter,
    JobStore jobs,
    CheckpointStore checkpoints,
    ResultStore results,
    JobFinisher finisher,
    PipelineTelemetry telemetry,
    IOptions<PipelineOptions> options,
    TimeProvider time,
    ILogger<JobAttempts> logger)
{
    /// <summary>Runs it. Returns none if the job is done, else why it was stopped.</summary>
    internal async Task<StopReason> RunAsync(JobRecord job, string claim, CancellationToken shutdown)
    {
        telemetry.Moved(job);
        var runner = runners.FirstOrDefault(candidate => candidate.CanRun(job))
            ?? throw new DocumentUnavailableException(ErrorCodes.InvalidRequest, "The job names neither a document nor lines of a batch.");
        var keep = options.Value.Checkpoints ? checkpoints : null;
        IReadOnlySet<string> stored = keep is not null && job.Attempts > 1
            ? await keep.ListAsync(job.Id, shutdown).ConfigureAwait(false)
            : new HashSet<string>();
        var share = meter.Open();

        JobWatch? watch = null;
        var counted = new CheckpointedModel(model, job, keep, stored, gate, share, () => watch?.Stop(StopReason.Fault));
        await using var watching = watch = new JobWatch(job, claim, () => counted.Progress, jobs, options.Value, time, logger, shutdown);
        JobRun run;
        try
        {
            run = await runner.RunAsync(job, counted, watch.Stopping).ConfigureAwait(false);
            if (counted.Fault is not null)
                throw new OperationCanceledException();
        }
        catch (OperationCanceledException) when (counted.Fault is { } fault)
        {
            throw new InvalidOperationException(fault.Message, fault);
        }
        catch (OperationCanceledException) when (watch.Reason != StopReason.None && !shutdown.IsCancellationRequested)
        {
            return watch.Reason;
        }
        catch (ClaimLostException)
        {
            return StopReason.ClaimLost;
        }

        if (counted.Restored > 0)
            LogRestored(job.Id, counted.Restored);
        // What is computed is committed by a worker that is leaving, too: it takes milliseconds, and else another worker has to do it.
        // While a worker was frozen, another may have written files beside its own, or the job may have been ended: no manifest then.
        if ((await jobs.FindAsync(job.Id, CancellationToken.None).ConfigureAwait(false))?.Worker != claim)
            return StopReason.ClaimLost;
        await CommitAsync(job with { Progress = counted.Progress }, run, share.Seconds, CancellationToken.None).ConfigureAwait(false);
        return StopReason.None;
    }

    private async Task CommitAsync(JobRecord job, JobRun run, double gpuSeconds, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var outcomes = run.Tasks.Select(task => new TaskOutcome(task.Name, task.Error is null, task.Error)).ToList();
        var manifest = new Manifest
        {
            JobId = job.Id,
            State = JobTransitions.StateOf(outcomes),
            Document = job.Document,
            BatchId = job.BatchId,
            Tasks = run.Tasks,
            Model = new ManifestModel(model.Info.Name, model.Info.Revision),
            Usage = new ManifestUsage(run.Usage.PromptTokens, run.Usage.CachedTokens, run.Usage.CompletionTokens, Math.Round(gpuSeconds, 3))
            {
                ReasoningTokens = run.Usage.ReasoningTokens,
            },
            Timings = ManifestTimings.Of(job, now),
            Warnings = run.Warnings,
            Metadata = job.Metadata,
        };
        // What stands may be another attempt's manifest; then that is what happened.
        var stands = await results.CommitAsync(manifest, cancellationToken).ConfigureAwait(false);
        if (ReferenceEquals(stands, manifest))
            telemetry.Used(run.Usage, gpuSeconds);
        await finisher.FinishAsync(
            job.Id,
            record => (record with { Progress = job.Progress }).EndAs(stands, time.GetUtcNow()),
            cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Information, "Job {Job}: {Count} completions were restored from an earlier attempt.")]
    private partial void LogRestored(JobId job, int count);
}
