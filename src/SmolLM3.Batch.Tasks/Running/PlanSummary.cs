namespace SmolLM3.Batch.Tasks.Running;

/// <summary>What a task planned, in tokens as the model counts them.</summary>
/// <param name="Chunks">Parts the document was cut into.</param>
/// <param name="Completions">Completions asked for.</param>
/// <param name="PromptTokens">Tokens of all their prompts; equal to the usage's prompt tokens.</param>
/// <param name="MaxCompletionTokens">Most tokens they could generate.</param>
internal sealed record PlanSummary(int Chunks, int Completions, long PromptTokens, long MaxCompletionTokens);
