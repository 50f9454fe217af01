using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Messages;

/// <summary>
/// Body of the POST to a job's callback URL. It can come twice: the job id and the state say whether it is known already.
/// </summary>
/// <param name="JobId">The job.</param>
/// <param name="State">Its final state.</param>
/// <param name="FinishedAt">When.</param>
/// <param name="Error">Why it did not succeed.</param>
/// <param name="Usage">Tokens read and written.</param>
/// <param name="Metadata">The labels of the request.</param>
public sealed record JobNotification(
    JobId JobId,
    JobState State,
    DateTimeOffset FinishedAt,
    JobError? Error,
    TokenUsage Usage,
    IReadOnlyDictionary<string, string> Metadata);
