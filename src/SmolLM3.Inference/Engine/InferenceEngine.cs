namespace SmolLM3.Inference;

/// <summary>A loaded model that completes many prompts at once. Thread-safe.</summary>
public sealed class InferenceEngine : IAsyncDisposable
{
    private InferenceEngine(ModelConfig config, int contextLength) => (Config, ContextLength) = (config, contextLength);

    /// <summary>Loads a checkpoint.</summary>
    /// <exception cref="CheckpointException">The checkpoint is damaged or of an unsupported kind.</exception>
    public static Task<InferenceEngine> LoadAsync(
        ICheckpointSource source, EngineOptions options, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
        => throw new NotSupportedException("The engine lands with its next commit.");

    /// <summary>The model's configuration.</summary>
    public ModelConfig Config { get; }

    /// <summary>What the engine has done so far.</summary>
    public EngineStatistics Statistics => new();

    /// <summary>Most tokens that a sequence may reach, YaRN included.</summary>
    public int ContextLength { get; }

    /// <summary>Runs one completion to its end.</summary>
    /// <exception cref="ContextLengthExceededException">Prompt and completion do not fit.</exception>
    public Task<GenerationResult> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default)
        => throw new NotSupportedException("The engine lands with its next commit.");

    /// <summary>Runs one completion and reports each step's tokens as they come.</summary>
    public IAsyncEnumerable<GenerationUpdate> StreamAsync(GenerationRequest request, CancellationToken cancellationToken = default)
        => throw new NotSupportedException("The engine lands with its next commit.");

    /// <summary>Cancels what is under way and frees the model.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
