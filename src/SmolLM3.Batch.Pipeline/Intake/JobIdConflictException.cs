using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>A request brings the id of another request.</summary>
public sealed class JobIdConflictException(JobId id) : Exception(
    $"The job id '{id}' belongs to another request. Choose another id, or leave it out to get one.")
{
    /// <summary>The id.</summary>
    public JobId Id { get; } = id;
}
