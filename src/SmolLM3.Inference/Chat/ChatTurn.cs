namespace SmolLM3.Inference.Chat;

/// <summary>A message of a chat.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Content">Its text.</param>
public sealed record ChatTurn(string Role, string Content);
