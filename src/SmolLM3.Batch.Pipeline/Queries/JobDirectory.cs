using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Manifests;

namespace SmolLM3.Batch.Pipeline;

/// <summary>What users ask about jobs, and how they cancel them.</summary>
public sealed class JobDirectory(JobStore jobs, ResultStore results, JobFinisher finisher, TimeProvider time)
{
    /// <summary>Most jobs of a page.</summary>
    public const int MaxPageSize = 200;

    /// <summary>The record of a job, or null.</summary>
    public Task<JobRecord?> FindAsync(JobId id, CancellationToken cancellationToken = default) => jobs.FindAsync(id, cancellationToken);

    /// <summary>Jobs, a page at a time.</summary>
    public Task<JobPage> ListAsync(JobState? state, int limit, string? continuation, CancellationToken cancellationToken = default) =>
        jobs.ListAsync(state, Math.Clamp(limit, 1, MaxPageSize), continuation, cancellationToken);

    /// <summary>Asks a job to end. One that waits ends at once, a running one within seconds; one that is over stays as it is.</summary>
    /// <returns>The record as it stands, or null if there is no such job.</returns>
    public Task<JobRecord?> CancelAsync(JobId id, CancellationToken cancellationToken = default) =>
        finisher.FinishAsync(id, record => record.RequestCancel(time.GetUtcNow()), cancellationToken);

    /// <summary>
    /// A result file of a committed job: the one named <paramref name="name"/>, or that of the task so named with the first of
    /// <paramref name="extensions"/> that it has.
    /// </summary>
    public async Task<(ManifestFile File, Stream Content)?> OpenResultAsync(
        JobId id, string name, IReadOnlyList<string> extensions, CancellationToken cancellationToken = default)
    {
        if (await results.FindManifestAsync(id, cancellationToken).ConfigureAwait(false) is not { } manifest)
            return null;
        var files = manifest.Tasks.SelectMany(task => task.Files).ToDictionary(each => each.Name, StringComparer.Ordinal);
        var file = files.GetValueOrDefault(name)
            ?? extensions.Select(extension => files.GetValueOrDefault($"{name}.{extension}")).FirstOrDefault(found => found is not null);
        if (file is null || await results.OpenAsync(id, file.Name, cancellationToken).ConfigureAwait(false) is not { } content)
            return null;
        return (file, content);
    }

    /// <summary>The manifest of a job, or null if its results are not committed.</summary>
    public Task<Manifest?> FindManifestAsync(JobId id, CancellationToken cancellationToken = default) =>
        results.FindManifestAsync(id, cancellationToken);
}
