namespace SmolLM3.Batch.Cli.Models;

/// <summary>Turns <c>--model</c> into a checkpoint on disk.</summary>
internal static class ModelLocator
{
    public const string Default = "HuggingFaceTB/SmolLM3-3B";

    /// <param name="model">A folder, a hub name, or null for the demo model.</param>
    /// <param name="store">Where downloaded checkpoints lie.</param>
    /// <param name="cancellationToken">Ends the reading of the demo model.</param>
    public static async Task<ModelChoice> LocateAsync(string? model, ModelStore store, CancellationToken cancellationToken)
    {
        if (model is null) return await DemoModel.LocateAsync(cancellationToken);

        if (Directory.Exists(model))
        {
            var folder = Path.GetFullPath(model);
            if (!File.Exists(Path.Combine(folder, "config.json")))
            {
                throw new CliException($"The folder {folder} holds no config.json, so it is no checkpoint. Name a folder laid out as on the hub: config.json, tokenizer.json, *.safetensors.");
            }

            return new ModelChoice(folder, new DirectoryInfo(folder).Name, "unknown");
        }

        if (ModelStore.IsRepositoryName(model))
        {
            if (store.RevisionOf(model) is { } revision) return new ModelChoice(store.FolderOf(model), model, revision);
            throw new CliException($"The model {model} is not on this machine. Download it first: ./smollm3 model pull {model}");
        }

        throw new CliException(
            $"'{model}' is neither a folder nor a hub name (OWNER/NAME). Name a checkpoint's folder, or a model such as {Default}.");
    }
}
