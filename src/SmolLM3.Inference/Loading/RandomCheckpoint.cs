namespace SmolLM3.Inference;

/// <summary>A checkpoint whose weights come from a seed, so that an engine can be measured and tried without a download.</summary>
public sealed class RandomCheckpoint : ICheckpointSource
{
    /// <summary>A checkpoint of the shape <paramref name="config"/>.</summary>
    /// <param name="config">The model's configuration, for example from <see cref="ModelShapes"/>.</param>
    /// <param name="seed">Equal seeds give equal weights.</param>
    public RandomCheckpoint(ModelConfig config, ulong seed) => Name = $"random {config.ModelType} of seed {seed}";

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Task<IReadOnlyList<CheckpointFile>> ListFilesAsync(CancellationToken cancellationToken = default)
        => throw new NotSupportedException("Random weights land with the next commit.");

    /// <inheritdoc/>
    public ValueTask ReadAsync(string file, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
        => throw new NotSupportedException("Random weights land with the next commit.");

    /// <summary>Writes the checkpoint into a folder as the hub lays it out: config.json, generation_config.json, model.safetensors.</summary>
    public Task WriteAsync(string folder, CancellationToken cancellationToken = default)
        => throw new NotSupportedException("Random weights land with the next commit.");
}
