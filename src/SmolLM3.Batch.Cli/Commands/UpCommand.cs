using System.CommandLine;
using SmolLM3.Batch.Cli.LocalPipeline;
using SmolLM3.Batch.Cli.Models;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary><c>smollm3 up</c>: the local pipeline stays up until Ctrl-C.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var (model, state) = (CommonOptions.Model(), CommonOptions.State());
        var port =
            new Option<int>("--port") { Description = "Port of the functions; 0 takes a free one.", DefaultValueFactory = _ => 7071 };
        var blobPort = new Option<int>("--blob-port") { Description = "Port of the blob endpoint; 0 takes a free one.", DefaultValueFactory = _ => 10000 };
        var workers = new Option<int>("--workers") { Description = "Worker processes.", DefaultValueFactory = _ => 1 };
        var lockSeconds = new Option<double>("--lock-seconds")
        {
            Description = "How long a killed worker's job stays locked. Takes effect when the queues are first created.",
            DefaultValueFactory = _ => 30,
        };
        workers.Validators.Add(
            result => { if (result.GetValueOrDefault<int>() is < 0 or > 64) result.AddError("--workers must be between 0 and 64."); });
        lockSeconds.Validators.Add(result => { if (
            result.GetValueOrDefault<double>() is not (>= 1 and <= 300)) result.AddError("--lock-seconds must be between 1 and 300."); });

        var command = new Command("up", "Keeps the whole pipeline up on this machine: functions, blobs, queues, workers.") { model, state, port, blobPort, workers, lockSeconds };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var choice = await ModelLocator.LocateAsync(parsed.GetValue(model), ModelStore.Default(), cancellationToken);
            var folder = parsed.GetValue(state)!;
            await using var host = await LocalPipelineHost.StartAsync(
                new LocalPipelineOptions
                {
                    StateDirectory = folder,
                    Model = choice,
                    FunctionsPort = parsed.GetValue(port),
                    BlobPort = parsed.GetValue(blobPort),
                    Workers = parsed.GetValue(workers),
                    LockDuration = TimeSpan.FromSeconds(parsed.GetValue(lockSeconds)),
                },
                TimeProvider.System,
                cancellationToken);
            Describe(choice, host.Endpoints, Path.GetFullPath(folder));
            try
            {
                await SuperviseAsync(host, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                Console.WriteLine("Stopping: workers hand back what they have not finished ...");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task SuperviseAsync(LocalPipelineHost host, CancellationToken cancellationToken)
    {
        while (true)
        {
            var explanation = await host.WatchAsync(cancellationToken);
            await Console.Error.WriteLineAsync($"smollm3: {explanation}\nsmollm3: starting it again.");
            await host.RestartExitedAsync(cancellationToken);
        }
    }

    private static void Describe(ModelChoice model, LocalEndpoints endpoints, string state)
    {
        Console.WriteLine($"Model      {model.Name}");
        if (model.Notice is not null) Console.WriteLine($"           {model.Notice}");
        Console.WriteLine($"""
            Functions  {endpoints.Api}/api/jobs
            Blobs      {endpoints.BlobAddress}
            Drop files {Path.Combine(state, "blobs", ContainerNames.Documents)}{Path.DirectorySeparatorChar}{Jobs.TaskTypes.Summarize}{Path.DirectorySeparatorChar}
            Results    {Path.Combine(state, "blobs", ContainerNames.Results)}
            Logs       {Path.Combine(state, "logs")}

            Ctrl-C ends it.
            """);
    }
}
