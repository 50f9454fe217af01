using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Under which keys the completions of a shard's lines are kept. Written before the first is computed, so that whoever ends the shard early
/// finds those that are finished, without the model.
/// </summary>
/// <param name="Model">The model that computes them.</param>
/// <param name="Keys">Line numbers, and the keys of their completions.</param>
internal sealed record ShardIndex(LanguageModelInfo Model, IReadOnlyDictionary<int, string> Keys);
