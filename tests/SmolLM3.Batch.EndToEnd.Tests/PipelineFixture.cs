using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Azure.Storage.Blobs;
using SmolLM3.Batch.EndToEnd.Tests;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Serialization;

[assembly: AssemblyFixture(typeof(PipelineFixture))]

namespace SmolLM3.Batch.EndToEnd.Tests;

/// <summary>One running pipeline, its parts separate processes, shared by all tests of the assembly.</summary>
public sealed partial class PipelineFixture : IAsyncLifetime
{
    private const int Sigint = 2;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("smollm3-e2e-");
    private Process? _process;
    private Task<string>? _errors;

    public string Home => Path.Combine(_folder.FullName, "home");

    public string State => Path.Combine(_folder.FullName, "state");

    public string Folder => _folder.FullName;

    public HttpClient Api { get; } = new();

    public string Storage { get; private set; } = "";

    public BlobServiceClient Blobs { get; private set; } = null!;

    public ServiceBusClient Queues { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _process = Cli.Start(
            _folder.FullName, Home, "up", "--state", State, "--port", "0", "--blob-port", "0", "--workers", "2", "--lock-seconds", "5");
        _errors = _process.StandardError.ReadToEndAsync();
        _ = _process.StandardOutput.ReadToEndAsync();
        var description = await WaitForAsync(
            "the pipeline to come up",
            () => Task.FromResult(File.Exists(Path.Combine(State, "pipeline.json")) ? JsonSerializer.Deserialize<JsonElement>(
                File.ReadAllText(Path.Combine(State, "pipeline.json"))) : (JsonElement?)null),
            TimeSpan.FromMinutes(2));
        Api.BaseAddress = new Uri(description!.Value.GetProperty("api").GetString() + "/");
        Storage = description.Value.GetProperty("storage").GetString()!;
        Blobs = new BlobServiceClient(Storage);
        Queues = new ServiceBusClient(description.Value.GetProperty("serviceBus").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        if (Queues is not null) await Queues.DisposeAsync();
        if (_process is { HasExited: false })
        {
            Assert.Equal(0, kill(_process.Id, Sigint));
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(45));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Process ids by name: <c>blobs</c>, <c>functions</c>, <c>worker-1</c>, …</summary>
    internal Dictionary<string, int> Processes() =>
        JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(State, "pipeline.json"))).GetProperty("processes").Deserialize<Dictionary<string, int>>()!;

    internal BlobContainerClient Container(string name) => Blobs.GetBlobContainerClient(name);

    internal async Task<JobId> UploadAsync(string name, byte[] content, Dictionary<string, string>? metadata = null)
    {
        var uploaded = await Container(ContainerNames.Documents).GetBlobClient(name).UploadAsync(
            new BinaryData(content).ToStream(), new Azure.Storage.Blobs.Models.BlobUploadOptions { Metadata = metadata });
        return JobId.ForUpload(name, uploaded.Value.ETag.ToString());
    }

    internal async Task<JobRecord?> FindAsync(JobId id)
    {
        using var response = await Api.GetAsync($"api/jobs/{id}");
        return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync(BatchJson.Default.JobRecord) : null;
    }

    internal async Task<JobRecord> WaitForEndAsync(JobId id, TimeSpan? patience = null) =>
        (await WaitForAsync(
            $"job {id} to end", async () => await FindAsync(id) is { } record && record.State.IsFinal() ? record : null,
            patience ?? TimeSpan.FromSeconds(150)))!;

    internal async Task<T?> WaitForAsync<T>(string what, Func<Task<T?>> probe, TimeSpan patience)
    {
        var begin = Stopwatch.StartNew();
        while (begin.Elapsed < patience)
        {
            if (_process is { HasExited: true }) Assert.Fail($"The pipeline ended with exit code {_process.ExitCode}:\n{await _errors!}");
            if (await probe() is { } found) return found;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        var logs = string.Join("\n", Directory.EnumerateFiles(Path.Combine(State, "logs")).Select(
            log => $"--- {Path.GetFileName(log)}\n{string.Join('\n', ReadShared(log).Split('\n').TakeLast(15))}"));
        Assert.Fail($"Waited {patience.TotalSeconds:0} s for {what}.\n{logs}");
        return default;
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
