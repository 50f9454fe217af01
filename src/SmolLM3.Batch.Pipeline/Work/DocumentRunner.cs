using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Manifests;
using SmolLM3.Batch.Tasks;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Runs the tasks of a job on its document.</summary>
public sealed class DocumentRunner(DocumentFetcher documents, ResultStore results, TaskCatalog catalog) : IJobRunner
{
    /// <inheritdoc/>
    public bool CanRun(JobRecord job) => job.Document is not null;

    /// <inheritdoc/>
    public async Task<JobRun> RunAsync(JobRecord job, ILanguageModel model, CancellationToken cancellationToken = default)
    {
        var document = await documents.FetchAsync(job.Document!, cancellationToken).ConfigureAwait(false);
        // The first claim's time: the same for every attempt.
        var tasks = new DocumentTasks(model, catalog, new FrozenTime(job.StartedAt ?? job.CreatedAt));
        var outcomes = await tasks.RunAsync(document, job.Tasks, null, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();

        var names = TaskNames.For(job.Tasks);
        var written = new List<ManifestTask>();
        for (var i = 0; i < outcomes.Count; i++)
            written.Add(await WriteAsync(job, model.Info, names[i], outcomes[i], cancellationToken).ConfigureAwait(false));
        return new JobRun(
            written,
            outcomes.Aggregate(default(TokenUsage), (sum, outcome) => sum + outcome.Usage),
            [.. outcomes.SelectMany((outcome, i) => outcome.Warnings.Select(warning => $"{names[i]}: {warning}"))]);
    }

    private async Task<ManifestTask> WriteAsync(
        JobRecord job, LanguageModelInfo model, string name, TaskResult result, CancellationToken cancellationToken)
    {
        var files = await Task.WhenAll(result.Files.Select(file => results.WriteAsync(
            job, model, TaskNames.File(name, result.Type, file.Name), file.ContentType, file.Content, cancellationToken)))
                .ConfigureAwait(false);
        return new ManifestTask { Name = name, Type = result.Type, Error = result.Error, Coverage = result.Coverage, Files = files };
    }
}
