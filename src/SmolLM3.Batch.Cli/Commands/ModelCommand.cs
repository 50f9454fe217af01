using System.CommandLine;
using SmolLM3.Batch.Cli.Models;
using SmolLM3.Batch.Cli.Output;

namespace SmolLM3.Batch.Cli.Commands;

/// <summary><c>smollm3 model pull OWNER/NAME</c></summary>
internal static class ModelCommand
{
    public static Command Create() => new("model", "Checkpoints on this machine.") { CreatePull() };

    private static Command CreatePull()
    {
        var name =
            new Argument<string>("name") { Description = "The model's name on the hub.", DefaultValueFactory = _ => ModelLocator.Default };
        var revision = new Option<string>("--revision") { Description = "A branch, a tag or a commit.", DefaultValueFactory = _ => "main" };
        var pull = new Command(
            "pull",
            "Downloads a checkpoint from the Hugging Face hub: resumable, every file checked against the hub's hash.") { name, revision };
        pull.SetAction((parsed, cancellationToken) => PullAsync(parsed.GetValue(name)!, parsed.GetValue(revision)!, cancellationToken));
        return pull;
    }

    private static async Task<int> PullAsync(string name, string revision, CancellationToken cancellationToken)
    {
        if (!ModelStore.IsRepositoryName(name))
            throw new CliException($"'{name}' is no hub name. Write OWNER/NAME, such as {ModelLocator.Default}.");

        var store = ModelStore.Default();
        using var hub = new HubClient(HubEndpoint.FromEnvironment());
        var (commit, all) = await hub.ListAsync(name, revision, cancellationToken);
        if (store.RevisionOf(name) == commit)
        {
            Console.WriteLine($"{name} at {commit} is already here: {store.FolderOf(name)}");
            return ExitCodes.Ok;
        }

        var files = all.Where(HubDownload.IsNeeded).ToList();
        if (!files.Exists(file => file.Path.EndsWith(".safetensors", StringComparison.Ordinal)))
        {
            throw new CliException($"{name} holds no safetensors. Name a model that does.");
        }

        store.Begin(name);
        var download = new HubDownload(hub, name);
        await DownloadProgress.RunAsync(
            files, (file, received) => download.FetchAsync(commit, file, store.FolderOf(name), received, cancellationToken));
        store.Complete(name, commit, files.Select(file => file.Path));
        Console.WriteLine($"{name} at {commit}: {store.FolderOf(name)}");
        Console.WriteLine($"Use it with: ./smollm3 run FILES --model {name}");
        return ExitCodes.Ok;
    }
}
