using System.Globalization;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Cli.LocalPipeline;

/// <summary>
/// The whole pipeline on one machine: the blob endpoint, the functions and the workers, each a process of its own as in the cloud,
/// over blobs in plain files and queues in one SQLite file.
/// </summary>
internal sealed class LocalPipelineHost : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    // The worker writes a checkpoint and hands its job back on SIGTERM; the cloud gives it 30 s for that.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    private readonly StateDirectory _state;
    private readonly TimeProvider _time;
    private readonly List<ServiceProcess> _processes = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private LocalPipelineHost(StateDirectory state, LocalEndpoints endpoints, TimeProvider time) =>
        (_state, Endpoints, _time) = (state, endpoints, time);

    public LocalEndpoints Endpoints { get; private set; }

    public IReadOnlyList<ServiceProcess> Processes => _processes;

    public static async Task<LocalPipelineHost> StartAsync(
        LocalPipelineOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var state = new StateDirectory(options.StateDirectory);
        if (state.Running() is { } other)
        {
            throw new CliException($"A pipeline already runs over {state.Root} (process {other.OwnerProcess}, {other.Api}). Use it, end it, or name another folder with --state.");
        }

        state.EndLeftovers();

        // Two pipelines that start at once are two processes, and so look for their ports in different order.
        var random = new Random(Environment.ProcessId);
        var (functions, blobs) = (FreePort.Take(options.FunctionsPort, random), FreePort.Take(options.BlobPort, random));
        var host = new LocalPipelineHost(
            state,
            new LocalEndpoints
            {
                OwnerProcess = Environment.ProcessId,
                OwnerStart = ProcessStart.Of(Environment.ProcessId),
                Api = $"http://localhost:{functions}",
                Storage = LocalEndpoints.StorageConnection(blobs),
                ServiceBus = LocalEndpoints.ServiceBusConnection(state.Queues),
                Processes = new Dictionary<string, int>(),
            },
            time);
        try
        {
            await host.StartServicesAsync(options, functions, blobs, random, cancellationToken);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        return host;
    }

    /// <summary>Ends when a process of the pipeline ends by itself, with an explanation.</summary>
    public async Task<string> WatchAsync(CancellationToken cancellationToken)
    {
        var exits = _processes.ToDictionary(process => process.WaitForExitAsync(cancellationToken));
        var first = await Task.WhenAny(exits.Keys);
        await first;
        return Describe(exits[first]);
    }

    /// <summary>
    /// Starts processes that have ended by themselves again, as the cloud's hosts do, after a pause that keeps a crash loop cheap.
    /// </summary>
    public async Task RestartExitedAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(RestartPause, _time, cancellationToken);
        for (var index = 0; index < _processes.Count; index++)
        {
            if (!_processes[index].HasExited) continue;
            var old = _processes[index];
            _processes[index] = old.StartAgain();
            await old.DisposeAsync();
        }

        try
        {
            DescribeState();
        }
        catch (IOException failure)
        {
            // The pipeline runs; what is not true any more is which process ids are written down.
            await Console.Error.WriteLineAsync($"smollm3: {_state.Root}/pipeline.json could not be brought up to date: {failure.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Workers first, so that what they hand back still finds its queue and its blobs; the blob endpoint last.
        foreach (var group in _processes.GroupBy(StopOrder).OrderBy(group => group.Key))
        {
            await Task.WhenAll(group.Select(process => process.StopAsync(StopGrace, _time)));
        }

        foreach (var process in _processes) await process.DisposeAsync();
        if (_processes.Count > 0) _state.Forget();
        _http.Dispose();
    }

    private static int StopOrder(ServiceProcess process) => process.Name switch
    {
        "functions" => 1,
        "blobs" => 2,
        _ => 0,
    };

    private async Task StartServicesAsync(
        LocalPipelineOptions options, int functionsPort, int blobPort, Random random, CancellationToken cancellationToken)
    {
        await LocalQueues.EnsureAsync(Endpoints.ServiceBus, options.LockDuration, cancellationToken);

        var shared = new Dictionary<string, string>
        {
            ["Storage"] = Endpoints.Storage,
            ["ServiceBus"] = Endpoints.ServiceBus,
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["DOTNET_gcServer"] = "0",

            // Logs are for what happens to jobs, not for every request of a client that polls; and a log's end, which errors show, for the
            // cause.
            ["Logging__LogLevel__Microsoft.AspNetCore"] = "Warning",
            ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Warning",
            ["Logging__LogLevel__Function"] = "Warning",

            // A person watches: progress ten times as often as in the cloud, and a killed worker's job free when its lock is.
            ["Pipeline__ProgressInterval"] = TimeSpan.FromSeconds(0.2).ToString("c", CultureInfo.InvariantCulture),
            ["Pipeline__HeartbeatInterval"] = (options.LockDuration / 4).ToString("c", CultureInfo.InvariantCulture),
            ["Pipeline__ClaimGrace"] = options.LockDuration.ToString("c", CultureInfo.InvariantCulture),
        };

        Start("blobs", ServiceLocator.BlobServer(), new(shared)
        {
            ["BlobServer__Folder"] = _state.Blobs,
            ["BlobServer__Containers"] = string.Join(',', ContainerNames.All),
            ["BlobServer__Port"] = blobPort.ToString(CultureInfo.InvariantCulture),
        });

        // A blob endpoint has no health page; to an unsigned request any answer will do.
        await WaitUntilAsync(_processes[^1], $"http://127.0.0.1:{blobPort}/", _ => true, cancellationToken);

        Start("functions", ServiceLocator.Functions(), new(shared)
        {
            ["FUNCTIONS_HTTP_PORT"] = functionsPort.ToString(CultureInfo.InvariantCulture),
            ["ASPNETCORE_URLS"] = Endpoints.Api,

            // Files of batches are the largest there are; the default is 100 MB, the most that Azure takes 210.
            ["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = (210 << 20).ToString(CultureInfo.InvariantCulture),
        });

        var workers = new List<(ServiceProcess Process, int Port)>();
        for (var index = 1; index <= options.Workers; index++)
        {
            var port = FreePort.Take(0, random);
            var worker = new Dictionary<string, string>(shared)
            {
                ["Model__Source"] = options.Model.Directory,
                ["Model__Name"] = options.Model.Name,
                ["Model__Revision"] = options.Model.Revision,
                ["Worker__HealthPort"] = port.ToString(CultureInfo.InvariantCulture),
            };
            if (options.Model.ContextLength is { } tokens) worker["Model__ContextLength"] = tokens.ToString(CultureInfo.InvariantCulture);
            Start($"worker-{index}", ServiceLocator.Worker(), worker);
            workers.Add((_processes[^1], port));
        }

        await WaitUntilAsync(_processes[1], $"{Endpoints.Api}/api/health", response => response.IsSuccessStatusCode, cancellationToken);
        foreach (var (process, port) in workers)
            await WaitUntilAsync(
                process, $"http://127.0.0.1:{port}/health/ready", response => response.IsSuccessStatusCode, cancellationToken);

        DescribeState();
    }

    private void DescribeState()
    {
        Endpoints = Endpoints with
        {
            Processes = _processes.ToDictionary(process => process.Name, process => process.Id),
            ProcessStarts = _processes.Where(process => process.Started is not null).ToDictionary(
                process => process.Name, process => process.Started!),
        };
        _state.Describe(Endpoints);
    }

    private void Start(string name, string assembly, Dictionary<string, string> environment) =>
        _processes.Add(
            ServiceProcess.Start(name, assembly, Path.GetDirectoryName(assembly)!, Path.Combine(_state.Logs, $"{name}.log"), environment));

    private async Task WaitUntilAsync(
        ServiceProcess process, string url, Predicate<HttpResponseMessage> up, CancellationToken cancellationToken)
    {
        var begin = _time.GetTimestamp();
        while (_time.GetElapsedTime(begin) < StartTimeout)
        {
            if (process.HasExited) throw new CliException(Describe(process));
            try
            {
                using var response = await _http.GetAsync(url, cancellationToken);
                if (up(response)) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Listening, but too busy to answer within the client's patience.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), _time, cancellationToken);
        }

        throw new CliException($"{process.Name} did not answer {url} within {StartTimeout.TotalSeconds:0} s. Its log, {process.LogPath}, ends:\n{process.Tail()}");
    }

    private static string Describe(ServiceProcess process) =>
        $"{process.Name} ended with exit code {process.ExitCode}. Its log, {process.LogPath}, ends:\n{process.Tail()}";
}
