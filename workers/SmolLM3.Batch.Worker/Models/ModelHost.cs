using Microsoft.Extensions.Options;
using SmolLM3.Batch.Generation;
using SmolLM3.Inference;

namespace SmolLM3.Batch.Worker;

/// <summary>Loads the model once, and stands for it wherever an <see cref="ILanguageModel"/> is asked for.</summary>
internal sealed partial class ModelHost(
    IOptions<ModelOptions> options, CheckpointSources sources, TimeProvider time, ILogger<ModelHost> logger)
    : IModelLoader, ILanguageModel, IAsyncDisposable
{
    private SmolLM3LanguageModel? _model;
    private InferenceEngine? _engine;
    private ICheckpointSource? _source;

    public LanguageModelInfo Info => Model.Info;

    public Task<Exception> Broken =>
        _engine?.Broken ?? throw new InvalidOperationException("The model is still being loaded.");

    private SmolLM3LanguageModel Model =>
        Volatile.Read(ref _model) ?? throw new InvalidOperationException("The model is still being loaded.");

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var started = time.GetTimestamp();
        _source = sources.Open(settings.Source);
        LogLoading(_source.Name);
        var revision = settings.Revision is { Length: > 0 } given ? given : await CheckpointFingerprint.OfAsync(_source, cancellationToken)
            .ConfigureAwait(false);
        _engine = await InferenceEngine.LoadAsync(_source, settings.ToEngineOptions(time), new Progress(this), cancellationToken)
            .ConfigureAwait(false);
        // A document is cut to what the cache can hold, not only to what the model can read.
        var context = (int)Math.Min(_engine.ContextLength, _engine.Statistics.KvTokensBudget);
        var info = new LanguageModelInfo(
            settings.Name is { Length: > 0 } name ? name : CheckpointSources.NameOf(settings.Source), revision, context);
        // One date for the life of the process, so that all prompts share the prefix that holds it.
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        Volatile.Write(ref _model, new SmolLM3LanguageModel(_engine, info, today));
        LogLoaded(info.Name, info.Revision, info.ContextLength, time.GetElapsedTime(started).TotalSeconds);
        LogKernels(_engine.Device, _engine.Kernels);
    }

    public int CountTokens(ReadOnlySpan<char> text) => Model.CountTokens(text);

    public int CountPromptTokens(IReadOnlyList<ChatMessage> messages, bool thinking = false) => Model.CountPromptTokens(messages, thinking);

    public Task<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default) =>
        Model.CompleteAsync(request, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
            await _engine.DisposeAsync().ConfigureAwait(false);
        (_source as IDisposable)?.Dispose();
    }

    [LoggerMessage(LogLevel.Information, "Loading the model from {Source}.")]
    private partial void LogLoading(string source);

    [LoggerMessage(LogLevel.Information, "Model {Name} ({Revision}), context {ContextLength}, loaded in {Seconds:F1} s.")]
    private partial void LogLoaded(string name, string revision, int contextLength, double seconds);

    [LoggerMessage(LogLevel.Information, "Kernels on {Device}: {Kernels}.")]
    private partial void LogKernels(string device, string kernels);

    [LoggerMessage(LogLevel.Information, "Weights: {Percent} %.")]
    private partial void LogProgress(int percent);

    // Every tenth is enough for a log.
    private sealed class Progress(ModelHost host) : IProgress<LoadProgress>
    {
        private int _tenths;

        public void Report(LoadProgress value)
        {
            var tenths = value.TotalBytes == 0 ? 10 : (int)(value.BytesRead * 10 / value.TotalBytes);
            if (tenths > Volatile.Read(ref _tenths) && Interlocked.Exchange(ref _tenths, tenths) < tenths)
                host.LogProgress(tenths * 10);
        }
    }
}
