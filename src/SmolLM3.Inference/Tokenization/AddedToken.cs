namespace SmolLM3.Inference.Tokenization;

/// <summary>A token that stands beside the byte pair vocabulary and is found in a text before it is split.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">Whether decoding may skip it.</param>
/// <param name="Normalized">Whether it is looked for only after those that are not.</param>
internal sealed record AddedToken(int Id, string Content, bool Special, bool Normalized);
