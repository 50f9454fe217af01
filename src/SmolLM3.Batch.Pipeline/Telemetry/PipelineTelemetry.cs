using System.Diagnostics;
using System.Diagnostics.Metrics;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Traces and metrics of the pipeline. None of them carries document text.</summary>
public sealed class PipelineTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "SmolLM3.Batch";

    private readonly Counter<long> _jobs;
    private readonly Counter<long> _tokens;
    private readonly Counter<double> _gpuSeconds;
    private readonly Histogram<double> _queueAge;
    private readonly Histogram<double> _duration;

    /// <summary>Creates the instruments.</summary>
    public PipelineTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _jobs = meter.CreateCounter<long>("smollm3.jobs", "{job}", "Jobs that came into a state");
        _tokens = meter.CreateCounter<long>("smollm3.tokens", "{token}", "Tokens of finished jobs");
        _gpuSeconds = meter.CreateCounter<double>("smollm3.gpu.time", "s", "Device time of finished jobs");
        _queueAge = meter.CreateHistogram<double>("smollm3.queue.age", "s", "From acceptance to the first claim");
        _duration = meter.CreateHistogram<double>("smollm3.job.duration", "s", "From acceptance to the final state");
    }

    /// <summary>Where activities start.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>A job came into a state.</summary>
    public void Moved(JobRecord job)
    {
        _jobs.Add(1, new("state", job.State.ToName()), new("door", job.Door.ToString().ToLowerInvariant()));
        if (job.State == JobState.Running && job.Attempts == 1 && job.StartedAt is { } started)
            _queueAge.Record((started - job.CreatedAt).TotalSeconds);
        if (job.FinishedAt is { } finished)
            _duration.Record((finished - job.CreatedAt).TotalSeconds, new KeyValuePair<string, object?>("state", job.State.ToName()));
    }

    /// <summary>A job's results were committed.</summary>
    public void Used(TokenUsage usage, double gpuSeconds)
    {
        _tokens.Add(usage.PromptTokens - usage.CachedTokens, new KeyValuePair<string, object?>("kind", "prompt"));
        _tokens.Add(usage.CachedTokens, new KeyValuePair<string, object?>("kind", "cached"));
        _tokens.Add(usage.CompletionTokens, new KeyValuePair<string, object?>("kind", "completion"));
        _gpuSeconds.Add(gpuSeconds);
    }
}
