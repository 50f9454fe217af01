namespace SmolLM3.Batch.Jobs;

/// <summary>Names of a job's tasks in results, unique within the job.</summary>
public static class TaskNames
{
    /// <summary>One name for each of <paramref name="tasks"/>, in their order: <c>translate</c>, <c>translate-2</c>, …</summary>
    public static IReadOnlyList<string> For(IReadOnlyList<TaskRequest> tasks)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. tasks.Select(task =>
        {
            var number = seen[task.Type] = seen.GetValueOrDefault(task.Type) + 1;
            return number == 1 ? task.Type : $"{task.Type}-{number}";
        })];
    }

    /// <summary>
    /// The result file of a task under its unique name: <c>translate.json</c> of the second translation is <c>translate-2.json</c>.
    /// </summary>
    public static string File(string taskName, string taskType, string fileName) =>
        fileName.StartsWith(taskType, StringComparison.Ordinal) ? taskName + fileName[taskType.Length..] : $"{taskName}.{fileName}";
}
