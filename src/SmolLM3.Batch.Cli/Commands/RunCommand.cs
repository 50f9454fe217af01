using System.CommandLine;
using Azure.Storage.Blobs;
using SmolLM3.Batch.Cli.Api;
using SmolLM3.Batch.Cli.Documents;
using SmolLM3.Batch.Cli.LocalPipeline;
using SmolLM3.Batch.Cli.Models;
using SmolLM3.Batch.Cli.Output;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary><c>smollm3 run FILES|FOLDER</c>: documents through the whole pipeline on this machine.</summary>
internal static class RunCommand
{
    /// <summary>Processes that die more often than this end the run.</summary>
    private const int MostRestarts = 3;

    public static Command Create()
    {
        var paths = new Argument<string[]>("files") { Description = "Documents, or folders of them.", Arity = ArgumentArity.OneOrMore };
        var task = CommonOptions.Task();
        task.AcceptOnlyFromAmong([.. TaskTypes.All]);
        var (model, state) = (CommonOptions.Model(), CommonOptions.State());
        var output = new Option<string>("--output", "-o") { Description = "Folder for the results.", HelpName = "DIR", DefaultValueFactory = _ => "results" };
        var workers = new Option<int>("--workers") { Description = "Worker processes.", DefaultValueFactory = _ => 1 };
        workers.Validators.Add(
            result => { if (result.GetValueOrDefault<int>() is < 1 or > 64) result.AddError("--workers must be between 1 and 64."); });

        var command = new Command("run", "Sends documents through the whole pipeline on this machine and waits for the results.") { paths, task, model, output, state, workers };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(paths)!, parsed.GetValue(task), parsed.GetValue(model), parsed.GetValue(output)!, parsed.GetValue(state)!,
            parsed.GetValue(workers), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string[] paths, string? task, string? model, string output, string state, int workers, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var documents = DocumentFinder.Find(paths);
        var running = Directory.Exists(state) ? new StateDirectory(state).Running() : null;
        LocalPipelineHost? own = null;
        if (running is null)
        {
            var choice = await ModelLocator.LocateAsync(model, ModelStore.Default(), cancellationToken);
            Console.WriteLine($"Model: {choice.Name}");
            if (choice.Notice is not null) Console.WriteLine(choice.Notice);
            own = await LocalPipelineHost.StartAsync(
                new LocalPipelineOptions { StateDirectory = state, Model = choice, Workers = workers }, time, cancellationToken);
            running = own.Endpoints;
        }
        else if (model is not null)
        {
            throw new CliException($"A pipeline already runs over {Path.GetFullPath(state)} with a model of its own. End it, or name another folder with --state.");
        }

        try
        {
            return await RunAsync(documents, task, output, running, own, time, cancellationToken);
        }
        finally
        {
            if (own is not null) await own.DisposeAsync();
        }
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<LocalDocument> documents, string? task, string output, LocalEndpoints endpoints, LocalPipelineHost? own,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var storage = new BlobServiceClient(endpoints.Storage);
        using var api = new JobsApiClient(new Uri(endpoints.Api + "/"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var jobs = new List<JobWatch>();
        var begin = time.GetTimestamp();
        try
        {
            var upload = new DocumentUpload(storage);
            foreach (var document in documents)
                jobs.Add(new JobWatch(document.Name, await upload.UploadAsync(document, task, cancellationToken)));

            var watch = JobProgressView.WatchAsync(jobs, new JobRefresh(api, jobs, time).RunAsync, time, stop.Token);
            var deaths = 0;
            while (own is not null && await Task.WhenAny(watch, own.WatchAsync(stop.Token)) is Task<string> died)
            {
                var explanation = await died;
                if (++deaths <= MostRestarts)
                {
                    await Console.Error.WriteLineAsync(
                        $"smollm3: {explanation}\nsmollm3: starting it again; what it had finished is kept.");
                    await own.RestartExitedAsync(stop.Token);
                    continue;
                }
                await stop.CancelAsync();
                await watch.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                throw new CliException(explanation);
            }

            await watch;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await CancelAsync(api, jobs, time);
            throw;
        }
        finally
        {
            await stop.CancelAsync();
        }

        var results = new ResultDownload(storage, output);
        var folders = new Dictionary<JobWatch, string?>();
        foreach (var job in jobs) folders[job] = await results.DownloadAsync(job.Document, job.JobId, cancellationToken);
        RunSummary.Print(jobs, folders, time.GetElapsedTime(begin));
        return jobs.All(job => job.Record!.State == JobState.Succeeded) ? ExitCodes.Ok : ExitCodes.Failed;
    }

    // What the user no longer waits for should not greet the next run.
    private static async Task CancelAsync(JobsApiClient api, IReadOnlyList<JobWatch> jobs, TimeProvider time)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
        foreach (var job in jobs.Where(job => job is { IsFinal: false, Record: not null }))
        {
            try
            {
                await api.CancelAsync(job.JobId.ToString(), patience.Token);
            }
            catch (Exception exception) when (exception is CliException or OperationCanceledException)
            {
                await Console.Error.WriteLineAsync(
                    $"smollm3: {job.Document} could not be cancelled and goes on in the next run: {exception.Message}");
            }
        }
    }
}
