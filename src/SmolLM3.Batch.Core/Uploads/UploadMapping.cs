using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Uploads;

/// <summary>
/// What an uploaded blob asks for. A sidecar says all of it; else blob metadata; else the first folder names the task.
/// A blob that says nothing is only stored, for requests that will name it.
/// </summary>
public static class UploadMapping
{
    /// <summary>Metadata key: task types, comma-separated.</summary>
    public const string TaskKey = "task";

    /// <summary>Metadata key: options of that task as a JSON object; only with one task.</summary>
    public const string OptionsKey = "task_options";

    private const string PriorityKey = "priority", DeadlineKey = "deadline", CallbackKey = "callback_url";

    /// <summary>The request for <paramref name="blob"/>, or null if it asks for nothing.</summary>
    /// <param name="blob">Its name in the container <c>documents</c>.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="sidecar">Content of its sidecar, or null if there is none.</param>
    /// <param name="limits">How much a sidecar may hold.</param>
    /// <exception cref="InvalidRequestException">What it asks for is wrong.</exception>
    public static JobRequest? Map(
        string blob, IEnumerable<KeyValuePair<string, string>> metadata, ReadOnlyMemory<byte>? sidecar, RequestLimits? limits = null)
    {
        if (BlobNames.IsSidecar(blob))
            return null;
        if (sidecar is { } json)
            return Sidecar(json, limits) with { Document = blob };

        // Storage gives metadata keys back in whatever case the client's library chose.
        var entries = new Dictionary<string, string>(metadata, StringComparer.OrdinalIgnoreCase);
        if (entries.ContainsKey(TaskKey))
            return FromMetadata(entries, limits) with { Document = blob };

        return FolderTask(blob) is { } task ? new JobRequest { Document = blob, Tasks = [new TaskRequest(task)] } : null;
    }

    private static JobRequest Sidecar(ReadOnlyMemory<byte> json, RequestLimits? limits)
    {
        try
        {
            return JobRequestReader.ReadSidecar(json, limits);
        }
        catch (InvalidRequestException exception)
        {
            throw Within("sidecar", exception);
        }
    }

    // Metadata says the same as a sidecar and is held to the same rules, so it is read as one.
    private static JobRequest FromMetadata(Dictionary<string, string> metadata, RequestLimits? limits)
    {
        var types = metadata[TaskKey].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var tasks = new JsonArray([.. types.Select(type => new JsonObject { ["type"] = type })]);
        if (metadata.TryGetValue(OptionsKey, out var options))
        {
            if (tasks.Count != 1)
                throw new InvalidRequestException(
                    $"metadata {OptionsKey}", "Options in metadata go with exactly one task; use a sidecar for more.");
            try
            {
                tasks[0]!["options"] = JsonNode.Parse(options);
            }
            catch (JsonException exception)
            {
                throw new InvalidRequestException($"metadata {OptionsKey}", $"It is no valid JSON: {JsonFault.Describe(exception)}.");
            }
        }
        var request = new JsonObject { ["tasks"] = tasks };
        foreach (var (key, field) in new[] { (PriorityKey, "priority"), (DeadlineKey, "deadline"), (CallbackKey, "callbackUrl") })
        {
            if (metadata.TryGetValue(key, out var value))
                request[field] = value;
        }
        try
        {
            return JobRequestReader.ReadSidecar(Encoding.UTF8.GetBytes(request.ToJsonString()), limits);
        }
        catch (InvalidRequestException exception)
        {
            throw Within("metadata", exception);
        }
    }

    private static string? FolderTask(string blob)
    {
        var slash = blob.IndexOf('/');
        if (slash <= 0)
            return null;
        var folder = blob[..slash];
        if (TaskTypes.All.Contains(folder))
            return folder;
        // 'summarise/report.pdf' surely wants something; '2024/report.pdf' may only be stored there.
        return Suggestion.Nearest(folder, TaskTypes.All) is not { } nearest ? null : throw new InvalidRequestException(
            "folder", $"There is no task '{folder}'. Did you mean '{nearest}'? Tasks are {string.Join(", ", TaskTypes.All)}.");
    }

    private static InvalidRequestException Within(string source, InvalidRequestException exception) => new(
        [.. exception.Problems.Select(problem => problem with { Path = problem.Path.Length == 0 ? source : $"{source} {problem.Path}" })],
        exception.JobId,
        exception);
}
