using SmolLM3.Inference.Configuration;
using System.Text.Json;

namespace SmolLM3.Inference.Loading;

/// <summary>An opened checkpoint: its configuration and where each tensor lies. No weights are read yet.</summary>
internal sealed class Checkpoint
{
    private const string SingleFile = "model.safetensors";
    private const string IndexFile = "model.safetensors.index.json";

    /// <summary>JSON files beside the weights are small; a larger one is not what its name says.</summary>
    private const long MaxJsonLength = 256L << 20;

    private readonly IReadOnlyDictionary<string, CheckpointFile> _files;

    private Checkpoint(ICheckpointSource source, IReadOnlyDictionary<string, CheckpointFile> files, ModelConfig config,
        GenerationConfig generation, IReadOnlyDictionary<string, SafetensorsTensor> tensors)
        => (Source, _files, Config, Generation, Tensors) = (source, files, config, generation, tensors);

    public ICheckpointSource Source { get; }

    public ModelConfig Config { get; }

    public GenerationConfig Generation { get; }

    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; }

    public static async Task<Checkpoint> OpenAsync(ICheckpointSource source, CancellationToken cancellationToken)
    {
        var files = (await source.ListFilesAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(file => file.Name);
        var config = ModelConfigReader.Read(
            source.Name, await ReadSmallAsync(source, files, ModelConfigReader.FileName, cancellationToken).ConfigureAwait(false));
        var generation = files.ContainsKey(GenerationConfig.FileName)
            ? GenerationConfig.Read(
                source.Name, await ReadSmallAsync(source, files, GenerationConfig.FileName, cancellationToken).ConfigureAwait(false))
            : new GenerationConfig();
        var tensors = new Dictionary<string, SafetensorsTensor>();
        foreach (var (file, expected) in await WeightFilesAsync(source, files, cancellationToken).ConfigureAwait(false))
        {
            foreach (var tensor in await SafetensorsHeader.ReadAsync(source, files[file], cancellationToken).ConfigureAwait(false))
                if (!tensors.TryAdd(tensor.Name, tensor))
                    throw new CheckpointException(source.Name, file, $"tensor '{tensor.Name}' is also in {tensors[tensor.Name].File}.");
            if (expected.FirstOrDefault(name => !tensors.TryGetValue(name, out var tensor) || tensor.File != file) is { } missing)
                throw new CheckpointException(source.Name, file, $"tensor '{missing}' is not in it, though {IndexFile} says so.");
        }
        return new(source, files, config, generation, tensors);
    }

    public bool Contains(string file) => _files.ContainsKey(file);

    public Task<byte[]> ReadFileAsync(string file, CancellationToken cancellationToken) =>
        ReadSmallAsync(Source, _files, file, cancellationToken);

    public IEnumerable<CheckpointFile> WeightFiles => Tensors.Values.Select(tensor => tensor.File).Distinct().Select(file => _files[file]);

    /// <summary>The weights files and the tensors that the index expects in each.</summary>
    private static async Task<IReadOnlyDictionary<string, List<string>>> WeightFilesAsync(
        ICheckpointSource source, IReadOnlyDictionary<string, CheckpointFile> files, CancellationToken cancellationToken)
    {
        if (!files.ContainsKey(IndexFile))
            return files.ContainsKey(SingleFile)
                ? new Dictionary<string, List<string>> { [SingleFile] = [] }
                : throw new CheckpointException(source.Name, SingleFile, $"neither it nor {IndexFile} is there.");

        var shards = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        try
        {
            using var index = JsonDocument.Parse(await ReadSmallAsync(source, files, IndexFile, cancellationToken).ConfigureAwait(false));
            foreach (var entry in index.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                var file = entry.Value.GetString() ?? "";
                if (!files.ContainsKey(file))
                    throw new CheckpointException(source.Name, IndexFile, $"it places '{entry.Name}' in '{file}', which is not there.");
                if (!shards.TryGetValue(file, out var names))
                    shards[file] = names = [];
                names.Add(entry.Name);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CheckpointException(source.Name, IndexFile, $"cannot be read ({e.Message})", e);
        }
        return shards;
    }

    private static async Task<byte[]> ReadSmallAsync(
        ICheckpointSource source, IReadOnlyDictionary<string, CheckpointFile> files, string name, CancellationToken cancellationToken)
    {
        if (!files.TryGetValue(name, out var file))
            throw new CheckpointException(source.Name, name, "is not there.");
        if (file.Length is 0 or > MaxJsonLength)
            throw new CheckpointException(
                source.Name, name,
                file.Length == 0 ? "is empty; download it again." : $"has {file.Length:N0} bytes; that is no JSON file of a checkpoint.");
        var content = new byte[(int)file.Length];
        await source.ReadAsync(name, 0, content, cancellationToken).ConfigureAwait(false);
        return content;
    }
}
