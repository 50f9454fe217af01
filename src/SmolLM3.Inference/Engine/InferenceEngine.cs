using SmolLM3.Inference.Constraints;
using SmolLM3.Inference.Engine;
using SmolLM3.Inference.Generation;
using SmolLM3.Inference.Rope;
using SmolLM3.Inference.Scheduling;
using SmolLM3.Inference.Tokenization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace SmolLM3.Inference;

/// <summary>A loaded model that completes many prompts at once. Thread-safe.</summary>
public sealed class InferenceEngine : IAsyncDisposable
{
    private readonly EngineLoop _loop;
    private readonly EngineMeter _meter;
    private readonly RopePolicy _rope;
    private readonly SmolLM3Tokenizer? _tokenizer;
    private readonly IReadOnlyList<int> _eosIds;
    private readonly Lazy<JsonConstraintCompiler> _constraints;
    private readonly TimeProvider _time;

    internal InferenceEngine(
        ModelConfig config, GenerationConfig generation, SmolLM3Tokenizer? tokenizer, RopePolicy rope, int contextLength,
        string device, bool isFused, string kernels, EngineLoop loop, EngineMeter meter, TimeProvider time)
    {
        (Config, GenerationConfig, ContextLength, Device) = (config, generation, contextLength, device);
        (IsFused, Kernels) = (isFused, kernels);
        (_tokenizer, _rope, _loop, _meter, _time) = (tokenizer, rope, loop, meter, time);
        _eosIds = generation.EosTokenIds.Count > 0 ? generation.EosTokenIds : config.EosTokenIds;
        _constraints = new(() => new JsonConstraintCompiler(Tokenizer, _eosIds, config.VocabularySize));
    }

    /// <summary>Loads a checkpoint.</summary>
    /// <exception cref="CheckpointException">The checkpoint is damaged or of an unsupported kind.</exception>
    public static Task<InferenceEngine> LoadAsync(
        ICheckpointSource source, EngineOptions options, IProgress<LoadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        // On the pool, so that no dispose scope of the caller's thread takes hold of the weights.
        return Task.Run(() => EngineLoader.LoadAsync(source, options, progress, cancellationToken), cancellationToken);
    }

    /// <summary>The model's configuration.</summary>
    public ModelConfig Config { get; }

    /// <summary>What the checkpoint suggests for generation.</summary>
    public GenerationConfig GenerationConfig { get; }

    /// <summary>Where the model is: <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; }

    /// <summary>Whether attention serves all sequences of a step at once.</summary>
    public bool IsFused { get; }

    /// <summary>The same in words, and where it does not, why.</summary>
    public string Kernels { get; }

    /// <summary>
    /// Completes with the last step's error when step after step has failed, as after an error of the device; never otherwise. From then on
    /// every request is refused with an <see cref="EngineBrokenException"/>, and only a new process helps.
    /// </summary>
    public Task<Exception> Broken => _loop.Broken;

    /// <summary>Whether the checkpoint came with a tokenizer; without one, requests and results are token ids only.</summary>
    public bool HasTokenizer => _tokenizer is not null;

    /// <summary>The checkpoint's tokenizer.</summary>
    /// <exception cref="InvalidOperationException">The checkpoint has none.</exception>
    public SmolLM3Tokenizer Tokenizer => _tokenizer
        ?? throw new InvalidOperationException("The checkpoint has no tokenizer.json; add the model's, or work with token ids.");

    /// <summary>What the engine has done so far.</summary>
    public EngineStatistics Statistics => _meter.Snapshot;

    /// <summary>Most tokens that a sequence may reach, YaRN included.</summary>
    public int ContextLength { get; }

    /// <summary>Who is told of every step from now on; null for nobody.</summary>
    internal void Observe(IStepObserver? observer) => _loop.Observe(observer);

    /// <summary>Runs one completion to its end.</summary>
    /// <exception cref="ContextLengthExceededException">Prompt and completion do not fit.</exception>
    /// <exception cref="JsonSchemaException">The schema cannot be turned into a constraint.</exception>
    public async Task<GenerationResult> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var completion = Submit(request, updates: null);
        await using var registration = cancellationToken.Register(() => _loop.Cancel(completion));
        return await completion.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs one completion and reports each step's tokens as they come. It is cancelled when the caller stops to enumerate.
    /// </summary>
    public async IAsyncEnumerable<GenerationUpdate> StreamAsync(
        GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var updates = Channel.CreateUnbounded<GenerationUpdate>(new() { SingleReader = true, SingleWriter = true });
        var completion = Submit(request, updates.Writer);
        await using var registration = cancellationToken.Register(() => _loop.Cancel(completion));
        try
        {
            await foreach (var update in updates.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return update;
        }
        finally
        {
            _loop.Cancel(completion);
        }
    }

    /// <summary>Fails what is under way and frees the model.</summary>
    public async ValueTask DisposeAsync() => await _loop.StopAsync().ConfigureAwait(false);

    private Completion Submit(GenerationRequest request, ChannelWriter<GenerationUpdate>? updates)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate(Config.VocabularySize, HasTokenizer);
        CheckLength(request);
        var sequence = new Sequence(
            request.Prompt, request.MaxTokens, _rope.KindFor(request.Prompt.Count + (long)request.MaxTokens), request.CacheBreakpoints);
        var completion = new Completion(request, sequence, _eosIds, _tokenizer, Constraint(request), _time, updates);
        _loop.Submit(completion);
        return completion;
    }

    private AnswerConstraint? Constraint(GenerationRequest request)
        => request.JsonSchema is { } schema ? new(_constraints.Value.Compile(schema), _constraints.Value.MaskWords) : null;

    private void CheckLength(GenerationRequest request)
    {
        var length = request.Prompt.Count + (long)request.MaxTokens;
        if (length > ContextLength)
            throw new ContextLengthExceededException(request.Prompt.Count, request.MaxTokens, ContextLength, "the model's context");
        if (length > Statistics.KvTokensBudget)
            throw new ContextLengthExceededException(
                request.Prompt.Count, request.MaxTokens, Statistics.KvTokensBudget, "the engine's KV cache");
    }
}
