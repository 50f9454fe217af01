using System.Diagnostics;
using System.Text.Json;

namespace SmolLM3.Batch.Cli.LocalPipeline;

/// <summary>The folder of a local pipeline: <c>blobs/</c>, <c>servicebus.db</c>, <c>logs/</c> and <c>pipeline.json</c>.</summary>
internal sealed class StateDirectory
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public StateDirectory(string path)
    {
        Root = Path.GetFullPath(path);
        foreach (var folder in (string[])[Root, Blobs, Logs]) Directory.CreateDirectory(folder);
    }

    public string Root { get; }

    public string Blobs => Path.Combine(Root, "blobs");

    public string Logs => Path.Combine(Root, "logs");

    public string Queues => Path.Combine(Root, "servicebus.db");

    private string Description => Path.Combine(Root, "pipeline.json");

    /// <summary>The pipeline that runs over this folder, or null.</summary>
    public LocalEndpoints? Running() => Read() is { } endpoints && IsRunning(endpoints) ? endpoints : null;

    /// <summary>Ends what a pipeline that was killed left running over this folder.</summary>
    public void EndLeftovers()
    {
        if (!File.Exists(Description) || Running() is not null) return;
        if (Read() is { } endpoints)
        {
            foreach (var (name, id) in endpoints.Processes)
            {
                // Where its start is not known, the id may be anyone's by now.
                if (endpoints.ProcessStarts.TryGetValue(name, out var start) && ProcessStart.Is(id, start)) End(id);
            }
        }

        File.Delete(Description);
    }

    public void Describe(LocalEndpoints endpoints)
    {
        var temporary = Description + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(endpoints, Json));
        File.Move(temporary, Description, overwrite: true);
    }

    public void Forget() => File.Delete(Description);

    private LocalEndpoints? Read()
    {
        if (!File.Exists(Description)) return null;
        try
        {
            return JsonSerializer.Deserialize<LocalEndpoints>(File.ReadAllText(Description), Json);
        }
        catch (JsonException)
        {
            // A pipeline killed while it wrote its description: whatever it was, it is not running.
            return null;
        }
    }

    // In a container that was started again, the id of the pipeline that was killed is this process's own.
    private static bool IsRunning(LocalEndpoints pipeline) =>
        pipeline.OwnerProcess != Environment.ProcessId
        && (pipeline.OwnerStart is { } start ? ProcessStart.Is(pipeline.OwnerProcess, start) : IsDotnet(pipeline.OwnerProcess));

    private static void End(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(5));
        }
        catch (ArgumentException)
        {
            // It has left by itself.
        }
    }

    // All there is to tell a process by whose start an older version did not write down.
    private static bool IsDotnet(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited && process.ProcessName is "dotnet" or "smollm3" or "testhost";
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
