using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks;

/// <summary>
/// Runs tasks over a document. Plans deterministically: the same document, tasks and model give the same completions in any order.
/// </summary>
/// <param name="model">Computes the completions; all that are known are submitted at once.</param>
/// <param name="catalog">The tasks there are.</param>
/// <param name="time">The clock for timestamps in results.</param>
public sealed class DocumentTasks(ILanguageModel model, TaskCatalog catalog, TimeProvider time)
{
    /// <summary>Runs all of <paramref name="tasks"/> at once, so that they share the document's prefill.</summary>
    /// <param name="document">What to work on.</param>
    /// <param name="tasks">What to do; results come back in the same order.</param>
    /// <param name="progress">Told after every completion, from any thread.</param>
    /// <param name="cancellationToken">Cancels everything.</param>
    /// <returns>One result per task. A task that fails has a result with an error; the others go on.</returns>
    /// <exception cref="InvalidTaskException">A task request is wrong; nothing was run.</exception>
    public async Task<IReadOnlyList<TaskResult>> RunAsync(
        Document document, IReadOnlyList<TaskRequest> tasks, IProgress<TaskProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(tasks);
        var runs = tasks.Select(task => (task.Type, Run: catalog.Prepare(task))).ToList();
        var session = new DocumentSession(document, model, time, runs.Count);
        return await Task.WhenAll(
            runs.Select(run => RunOneAsync(session, run.Type, run.Run, progress, cancellationToken))).ConfigureAwait(false);
    }

    private async Task<TaskResult> RunOneAsync(
        DocumentSession session, string type, ITaskRun run, IProgress<TaskProgress>? progress, CancellationToken cancellationToken)
    {
        var context = new TaskContext(session, type, progress);
        foreach (string warning in session.Document.Warnings) context.Warn(warning);
        try
        {
            var outcome = await run.RunAsync(context, cancellationToken).ConfigureAwait(false);
            return new TaskResult
            {
                Type = type, Files = outcome.Files, Coverage = outcome.Coverage, Usage = context.Usage, Warnings = context.Warnings,
            };
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new TaskResult { Type = type, Error = error.Message, Usage = context.Usage, Warnings = context.Warnings };
        }
        finally
        {
            // The others do not wait for the questions of a task that ended without any.
            session.Round.Arrive(context);
        }
    }
}
