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
    public LocalEndpoints? Running()
    {
        if (!File.Exists(Description)) return null;
        LocalEndpoints? endpoints;
        try
        {
            endpoints = JsonSerializer.Deserialize<LocalEndpoints>(File.ReadAllText(Description), Json);
        }
        catch (JsonException)
        {
            // A pipeline killed while it wrote its description: whatever it was, it is not running.
            return null;
        }

        return endpoints is not null && IsOurs(endpoints.OwnerProcess) ? endpoints : null;
    }

    /// <summary>Ends what a pipeline that was killed left running over this folder.</summary>
    public void EndLeftovers()
    {
        if (!File.Exists(Description) || Running() is not null) return;
        LocalEndpoints? endpoints = null;
        try
        {
            endpoints = JsonSerializer.Deserialize<LocalEndpoints>(File.ReadAllText(Description), Json);
        }
        catch (JsonException)
        {
            // Nothing to learn from half a description.
        }

        foreach (var id in endpoints?.Processes.Values ?? [])
        {
            if (!IsOurs(id)) continue;
            using var process = Process.GetProcessById(id);
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(5));
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

    // A process id is reused: only a .NET process is one of ours.
    private static bool IsOurs(int id)
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
