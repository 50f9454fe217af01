using System.Collections.Concurrent;
using SmolLM3.Batch.Cli.Api;

namespace SmolLM3.Batch.Cli.Output;

/// <summary>
/// Reads the records of jobs that are not over anew. Functions that do not answer for a while, as when they are started again, leave the
/// records as last read.
/// </summary>
internal sealed class JobRefresh(JobsApiClient api, IReadOnlyList<JobWatch> jobs, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<JobWatch, long> _silentSince = new();

    /// <exception cref="CliException">The functions refuse, or have not answered for too long.</exception>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            jobs.Where(job => !job.IsFinal),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            ReadAsync);

    private async ValueTask ReadAsync(JobWatch job, CancellationToken cancellationToken)
    {
        // From the question on: a call that takes its whole time to fail was silent all that time.
        var asked = time.GetTimestamp();
        try
        {
            job.Record = await api.FindAsync(job.JobId.ToString(), cancellationToken) ?? job.Record;
            _silentSince.TryRemove(job, out _);
        }
        catch (CliException failure) when (failure.MayPass)
        {
            if (time.GetElapsedTime(_silentSince.GetOrAdd(job, asked)) >= Patience) throw;
        }
    }
}
