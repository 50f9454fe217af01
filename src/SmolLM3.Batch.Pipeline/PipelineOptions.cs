using System.ComponentModel.DataAnnotations;

namespace SmolLM3.Batch.Pipeline;

/// <summary>How jobs are run and looked after: configuration section <c>Pipeline</c>.</summary>
public sealed class PipelineOptions : IValidatableObject
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Pipeline";

    /// <summary>How often a running job looks for a cancellation and writes new progress into its record.</summary>
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a running job says that its worker lives, when there is no progress to write.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A job whose worker has not been heard of for this long may be claimed by another.</summary>
    public TimeSpan ClaimGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Attempts that end in an error or with their worker's death before a job fails. Leaving workers cost none, so the queue's own limit
    /// of deliveries has to be far higher.
    /// </summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>Wait before a failed attempt is given back: doubles with every failed attempt.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest such wait.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Wait before a message of the queues <c>uploads</c>, <c>jobs</c> and <c>events</c> that failed comes again: doubles each time.
    /// </summary>
    public TimeSpan RedeliveryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest such wait.</summary>
    public TimeSpan MaxRedeliveryDelay { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a message is tried that fails for a reason that may pass, and a callback that is not answered.</summary>
    public TimeSpan RedeliverFor { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Attempts to change a record that others are changing too.</summary>
    [Range(1, 100)]
    public int MaxUpdateAttempts { get; set; } = 20;

    /// <summary>Age at which the reconciler looks into a job that has not moved.</summary>
    public TimeSpan ReconcileAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Completions in a worker's engine at once; more wait, urgent jobs' first. Keep it above the engine's own batch.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentCompletions { get; set; } = 128;

    /// <summary>Whether finished completions are kept until the job is done, so that another attempt need not repeat them.</summary>
    public bool Checkpoints { get; set; } = true;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, value) in new[]
        {
            (nameof(ProgressInterval), ProgressInterval), (nameof(HeartbeatInterval), HeartbeatInterval), (nameof(ClaimGrace), ClaimGrace),
            (nameof(RetryDelay), RetryDelay), (nameof(MaxRetryDelay), MaxRetryDelay), (nameof(ReconcileAfter), ReconcileAfter),
            (nameof(RedeliveryDelay), RedeliveryDelay), (
                nameof(MaxRedeliveryDelay), MaxRedeliveryDelay), (nameof(RedeliverFor), RedeliverFor),
        })
        {
            if (value <= TimeSpan.Zero)
                yield return new ValidationResult($"{Section}:{name} is {value}; it must be positive.", [name]);
        }
        if (ClaimGrace < HeartbeatInterval + ProgressInterval)
        {
            yield return new ValidationResult(
                $"{Section}:{nameof(ClaimGrace)} ({ClaimGrace}) must be at least {nameof(HeartbeatInterval)} + {nameof(ProgressInterval)}, "
                + "or living workers lose their jobs.",
                [nameof(ClaimGrace)]);
        }
    }
}
