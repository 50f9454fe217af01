using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks;

/// <summary>A task with its options, ready to run on a document.</summary>
internal interface ITaskRun
{
    /// <summary>Runs the task to its result files.</summary>
    Task<TaskOutcome> RunAsync(TaskContext context, CancellationToken cancellationToken);
}
