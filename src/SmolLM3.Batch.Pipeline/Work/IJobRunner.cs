using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Computes one kind of job and writes its result files.</summary>
public interface IJobRunner
{
    /// <summary>Whether this runner computes <paramref name="job"/>.</summary>
    bool CanRun(JobRecord job);

    /// <summary>Computes a job on <paramref name="model"/>. Running it again gives the same files.</summary>
    Task<JobRun> RunAsync(JobRecord job, ILanguageModel model, CancellationToken cancellationToken = default);
}
