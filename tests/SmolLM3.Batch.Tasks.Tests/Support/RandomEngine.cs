using System.Text.Json.Nodes;
using SmolLM3.Batch.Generation;
using SmolLM3.Inference;
using SmolLM3.Inference.Chat;

namespace SmolLM3.Batch.Tasks.Tests.Support;

/// <summary>The real engine with random weights: real tokens, real constrained decoding, noise for answers.</summary>
internal sealed class RandomEngine(InferenceEngine engine) : ILanguageModel, IAsyncDisposable
{
    public LanguageModelInfo Info { get; } = new("random", "1", engine.ContextLength);

    public EngineStatistics Statistics => engine.Statistics;

    /// <param name="contextLength">Of the model and the engine.</param>
    /// <param name="layers">Every second one has no rotary embedding.</param>
    /// <param name="seed">Of the weights: it decides how much the model babbles.</param>
    /// <param name="kvCacheBytes">Null takes what the engine takes.</param>
    public static async Task<RandomEngine> LoadAsync(
        int contextLength, int layers = 2, int heads = 2, ulong seed = 5, long? kvCacheBytes = null)
    {
        string folder = Repository.PathOf("src", "SmolLM3.Batch.Cli", "DemoModel");
        var json = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "config.json")))!.AsObject();
        (
            json["hidden_size"], json["intermediate_size"], json["num_hidden_layers"], json["num_attention_heads"],
            json["num_key_value_heads"]) = (32, 48, layers, heads, 1);
        (json["no_rope_layers"], json["max_position_embeddings"]) = (
            new JsonArray([.. Enumerable.Range(0, layers).Select(layer => (JsonNode)(1 - layer % 2))]), contextLength);
        json.Remove("head_dim");
        var config = ModelConfig.FromJson("random", System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));
        var source = new WithTokenizer(
            new RandomCheckpoint(config, seed), await File.ReadAllBytesAsync(Path.Combine(folder, "tokenizer.json")));
        return new RandomEngine(
            await InferenceEngine.LoadAsync(source, new EngineOptions { ContextLength = contextLength, KvCacheBytes = kvCacheBytes }));
    }

    public int CountTokens(ReadOnlySpan<char> text) => engine.Tokenizer.Encode(text, specialTokens: false).Length;

    public int CountPromptTokens(IReadOnlyList<ChatMessage> messages, bool thinking = false) => Encode(messages, thinking).Tokens.Length;

    public async Task<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default)
    {
        var prompt = Encode(request.Messages, request.Thinking, request.SharedContent);
        var result = await engine.GenerateAsync(
            new GenerationRequest
            {
                Prompt = prompt.Tokens,
                CacheBreakpoints = prompt.CacheBreakpoints,
                MaxTokens = request.MaxTokens,
                Sampling = new SamplingOptions { Temperature = request.Temperature, Seed = request.Seed },
                JsonSchema = request.JsonSchema,
                Stop = request.Stop,
            },
            cancellationToken);
        return new Completion
        {
            Text = result.Text,
            FinishReason = result.FinishReason == Inference.FinishReason.Stop
                ? Generation.FinishReason.Stop
                : Generation.FinishReason.Length,
            Usage = new TokenUsage(result.PromptTokens, result.CachedTokens, result.TokenIds.Count),
        };
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private EncodedChat Encode(IReadOnlyList<ChatMessage> messages, bool thinking, int? sharedContent = null) => ChatEncoder.Encode(
        engine.Tokenizer,
        [.. messages.Select(message => new ChatTurn(message.Role, message.Content))],
        new ChatPromptOptions { Thinking = thinking, Today = new DateOnly(2026, 3, 14) },
        sharedContent);

    private sealed class WithTokenizer(ICheckpointSource inner, byte[] tokenizer) : ICheckpointSource
    {
        private const string TokenizerFile = "tokenizer.json";

        public string Name => inner.Name;

        public async Task<IReadOnlyList<CheckpointFile>> ListFilesAsync(CancellationToken cancellationToken = default) =>
            [.. await inner.ListFilesAsync(cancellationToken), new CheckpointFile(TokenizerFile, tokenizer.Length)];

        public ValueTask ReadAsync(string file, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
        {
            if (file != TokenizerFile) return inner.ReadAsync(file, offset, destination, cancellationToken);
            tokenizer.AsMemory((int)offset, destination.Length).CopyTo(destination);
            return ValueTask.CompletedTask;
        }
    }
}
