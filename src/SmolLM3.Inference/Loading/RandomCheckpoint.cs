using SmolLM3.Inference.Configuration;
using SmolLM3.Inference.Loading;
using SmolLM3.Inference.Model;

namespace SmolLM3.Inference;

/// <summary>
/// A checkpoint whose weights come from a seed, so that an engine can be measured and tried without a download. It takes no memory and
/// no disk: each byte of its files is computed when it is read.
/// </summary>
public sealed class RandomCheckpoint : ICheckpointSource
{
    private const string WeightsFile = "model.safetensors";
    private const int CopyLength = 1 << 20;

    private readonly Dictionary<string, byte[]> _small;
    private readonly RandomWeights _weights;

    /// <summary>A checkpoint of the shape <paramref name="config"/>.</summary>
    /// <param name="config">The model's configuration, for example from <see cref="ModelShapes"/>.</param>
    /// <param name="seed">Equal seeds give equal weights.</param>
    public RandomCheckpoint(ModelConfig config, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        Name = $"random {config.ModelType} of seed {seed}";
        _weights = new(ModelWeights.Shapes(config), seed);
        _small = new()
        {
            [ModelConfigReader.FileName] = ConfigWriter.Config(config),
            [GenerationConfig.FileName] = ConfigWriter.Generation(config),
        };
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Task<IReadOnlyList<CheckpointFile>> ListFilesAsync(CancellationToken cancellationToken = default)
        => Task.FromResult<IReadOnlyList<CheckpointFile>>(
            [.. _small.Select(file => new CheckpointFile(file.Key, file.Value.Length)), new(WeightsFile, _weights.Length)]);

    /// <inheritdoc/>
    public ValueTask ReadAsync(string file, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var length = file == WeightsFile ? _weights.Length : _small.TryGetValue(file, out var content) ? content.Length : throw new FileNotFoundException($"{Name} has no file {file}.");
        if (offset + destination.Length > length)
            throw new EndOfStreamException($"{file} of {Name} ends at byte {length:N0}.");
        if (file == WeightsFile)
            _weights.Read(offset, destination.Span);
        else
            _small[file].AsSpan((int)offset, destination.Length).CopyTo(destination.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Writes the checkpoint into a folder as the hub lays it out: config.json, generation_config.json, model.safetensors.
    /// </summary>
    public async Task WriteAsync(string folder, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(folder);
        var buffer = new byte[CopyLength];
        foreach (var file in await ListFilesAsync(cancellationToken).ConfigureAwait(false))
        {
            await using var stream = File.Create(Path.Combine(folder, file.Name));
            for (long offset = 0; offset < file.Length; offset += CopyLength)
            {
                var part = buffer.AsMemory(0, (int)Math.Min(CopyLength, file.Length - offset));
                await ReadAsync(file.Name, offset, part, cancellationToken).ConfigureAwait(false);
                await stream.WriteAsync(part, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
