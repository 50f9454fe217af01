using System.Globalization;
using System.Text;
using System.Text.Json;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Jobs;

/// <summary>Reads the fields of one request and collects what is wrong with them.</summary>
internal sealed class RequestFields(RequestLimits limits)
{
    // A request of a million wrong fields must not make an answer of gigabytes.
    private const int MostProblems = 50;

    public static readonly IReadOnlyList<string> Request =
        ["jobId", "document", "text", "tasks", "priority", "deadline", "callbackUrl", "metadata"];

    public static readonly IReadOnlyList<string> Sidecar = ["tasks", "priority", "deadline", "callbackUrl", "metadata"];

    private static readonly IReadOnlyList<string> Task = ["type", "options"];

    private readonly List<RequestProblem> _problems = [];

    public JobRequest Read(JsonElement json, IReadOnlyList<string> known)
    {
        CheckNames(json, "", known);
        var jobId = ReadJobId(json);
        var request = new JobRequest
        {
            JobId = jobId,
            Document = ReadDocument(json),
            Text = ReadText(json),
            Tasks = ReadTasks(json),
            Priority = ReadPriority(json),
            Deadline = ReadDeadline(json),
            CallbackUrl = ReadCallbackUrl(json),
            Metadata = ReadMetadata(json),
        };
        if (known.Contains("document"))
        {
            var (hasDocument, hasText) = (json.TryGetProperty("document", out _), json.TryGetProperty("text", out _));
            if (hasDocument && hasText)
                Problem("", "Give either 'document' or 'text', not both.");
            if (!hasDocument && !hasText)
                Problem("", "Give 'document' (a blob name in the container 'documents', or an https URL) or 'text'.");
        }
        return _problems.Count == 0 ? request : throw new InvalidRequestException(_problems, jobId);
    }

    private JobId? ReadJobId(JsonElement json)
    {
        if (Text(json, "jobId", 1, JobId.MaxLength) is not { } text)
            return null;
        if (JobId.TryParse(text, out var id))
            return id;
        Problem("jobId", $"'{text}' is no job id. {JobId.Rule}");
        return null;
    }

    private string? ReadDocument(JsonElement json)
    {
        if (Text(json, "document", 1, limits.NameLength) is not { } document)
            return null;
        if (document.Contains("://", StringComparison.Ordinal))
        {
            if (!Uri.TryCreate(document, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0)
                Problem("document", $"'{document}' is no https URL.");
            else if (uri.UserInfo.Length > 0)
                Problem("document", "A URL must not hold a user name or password.");
        }
        else if (!BlobNames.StaysInside(document))
        {
            Problem(
                "document", $"'{document}' is no blob name: it starts with '/', holds a control character or a part that is '.' or '..'.");
        }
        return document;
    }

    private string? ReadText(JsonElement json)
    {
        var text = Text(json, "text", 1, limits.TextLength, "Upload the document as a blob and name it in 'document'.");
        if (text is not null && string.IsNullOrWhiteSpace(text))
            Problem("text", "The text is blank.");
        return text;
    }

    private IReadOnlyList<TaskRequest> ReadTasks(JsonElement json)
    {
        if (!json.TryGetProperty("tasks", out var tasks))
        {
            Problem("tasks", $"Name at least one task, for example \"tasks\": [{{\"type\": \"{TaskTypes.Summarize}\"}}].");
            return [];
        }
        if (!Is(tasks, JsonValueKind.Array, "tasks", "an array"))
            return [];
        var count = tasks.GetArrayLength();
        if (count == 0)
            Problem("tasks", "Name at least one task.");
        if (count > limits.Tasks)
        {
            Problem("tasks", $"{count} tasks are too many; at most {limits.Tasks} are allowed.");
            return [];
        }
        var read = new List<TaskRequest>();
        foreach (var task in tasks.EnumerateArray())
        {
            var path = $"tasks[{read.Count}]";
            read.Add(Is(task, JsonValueKind.Object, path, "an object") ? ReadTask(task, path) : new TaskRequest(""));
        }
        return read;
    }

    private TaskRequest ReadTask(JsonElement json, string path)
    {
        CheckNames(json, path + ".", Task);
        var type = Text(json, "type", 1, 64, null, path + ".");
        if (!json.TryGetProperty("type", out _))
            Problem(path + ".type", $"Name the task: {string.Join(", ", TaskTypes.All)}.");
        else if (type is not null && !TaskTypes.All.Contains(type))
            Problem(
                path + ".type",
                $"There is no task '{type}'.{DidYouMean(type, TaskTypes.All)} Tasks are {string.Join(", ", TaskTypes.All)}.");

        if (!json.TryGetProperty("options", out var options) || options.ValueKind == JsonValueKind.Null)
            return new TaskRequest(type ?? "");
        if (!Is(options, JsonValueKind.Object, path + ".options", "an object"))
            return new TaskRequest(type ?? "");
        var raw = options.GetRawText();
        if (Encoding.UTF8.GetByteCount(raw) > limits.OptionsBytes)
            Problem(path + ".options", $"The options are larger than {limits.OptionsBytes:N0} bytes.");
        try
        {
            return new TaskRequest(type ?? "", StrictJson.ToNode(options).AsObject());
        }
        catch (JsonException exception)
        {
            Problem(path + ".options", exception.Message);
            return new TaskRequest(type ?? "");
        }
    }

    private JobPriority ReadPriority(JsonElement json)
    {
        if (Text(json, "priority", 1, 16) is not { } text)
            return JobPriority.Normal;
        switch (text)
        {
            case "low": return JobPriority.Low;
            case "normal": return JobPriority.Normal;
            case "high": return JobPriority.High;
        }
        Problem("priority", $"'{text}' is no priority; it is low, normal or high.");
        return JobPriority.Normal;
    }

    private DateTimeOffset? ReadDeadline(JsonElement json)
    {
        if (Text(json, "deadline", 1, 64) is not { } text)
            return null;
        string[] formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];
        var hasOffset = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-');
        if (hasOffset && DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var deadline))
            return deadline.ToUniversalTime();
        Problem("deadline", $"'{text}' is no point in time; write it as 2026-01-31T18:00:00Z, with its offset.");
        return null;
    }

    private Uri? ReadCallbackUrl(JsonElement json)
    {
        if (Text(json, "callbackUrl", 1, limits.NameLength) is not { } text)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.Host.Length > 0 && uri.UserInfo.Length == 0)
            return uri;
        Problem("callbackUrl", $"'{text}' is no http or https URL without credentials.");
        return null;
    }

    private IReadOnlyDictionary<string, string> ReadMetadata(JsonElement json)
    {
        var read = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (!json.TryGetProperty("metadata", out var metadata) || metadata.ValueKind == JsonValueKind.Null
            || !Is(metadata, JsonValueKind.Object, "metadata", "an object of strings"))
            return read;
        if (metadata.EnumerateObject().Count() > limits.MetadataEntries)
        {
            Problem("metadata", $"It has too many entries; at most {limits.MetadataEntries} are allowed.");
            return read;
        }
        foreach (var entry in metadata.EnumerateObject())
        {
            if (entry.Name.Length == 0 || entry.Name.Length > limits.MetadataKeyLength)
                Problem("metadata", $"The key '{Shorten(entry.Name)}' must have 1 to {limits.MetadataKeyLength} characters.");
            else if (Text(metadata, entry.Name, 0, limits.MetadataValueLength, null, "metadata.") is { } value)
                read[entry.Name] = value;
        }
        return read;
    }

    private void CheckNames(JsonElement json, string prefix, IReadOnlyList<string> known)
    {
        foreach (var property in json.EnumerateObject())
        {
            if (!known.Contains(property.Name))
                Problem(
                    prefix + Shorten(property.Name),
                    $"There is no such field.{DidYouMean(property.Name, known)} Fields are {string.Join(", ", known)}.");
        }
    }

    private string? Text(JsonElement json, string name, int minLength, int maxLength, string? remedy = null, string prefix = "")
    {
        if (!json.TryGetProperty(name, out var value) || !Is(value, JsonValueKind.String, prefix + name, "a string"))
            return null;
        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            Problem(prefix + name, "It holds half of a surrogate pair, which is no Unicode text.");
            return null;
        }
        if (text.Length >= minLength && text.Length <= maxLength)
            return text;
        Problem(
            prefix + name,
            $"It has {text.Length:N0} characters; {minLength} to {maxLength:N0} are allowed.{(remedy is null ? "" : " " + remedy)}");
        return null;
    }

    private bool Is(JsonElement value, JsonValueKind kind, string path, string name)
    {
        if (value.ValueKind == kind)
            return true;
        Problem(path, $"It must be {name}, not {JobRequestReader.Describe(value)}.");
        return false;
    }

    private void Problem(string path, string message)
    {
        if (_problems.Count < MostProblems)
            _problems.Add(new RequestProblem(path, message));
        else if (_problems.Count == MostProblems)
            _problems.Add(new RequestProblem("", "There are more problems than these."));
    }

    private static string DidYouMean(string name, IEnumerable<string> known) =>
        Suggestion.Nearest(name, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
