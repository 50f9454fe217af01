namespace SmolLM3.Batch.Tasks.Planning;

/// <summary>An unbreakable piece of a document on its way into a chunk.</summary>
/// <param name="Start">First character.</param>
/// <param name="End">Behind its last character, the space up to the next piece included.</param>
/// <param name="Tokens">Tokens it costs in a prompt.</param>
/// <param name="BreakBefore">How good a place its start is for a cut: 0 within a sentence, up to 8 before a top heading.</param>
internal readonly record struct TextPiece(int Start, int End, int Tokens, int BreakBefore);
