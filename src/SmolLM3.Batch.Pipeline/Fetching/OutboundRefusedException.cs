namespace SmolLM3.Batch.Pipeline;

/// <summary>A call on a user's behalf is against the rules for outbound calls.</summary>
public sealed class OutboundRefusedException(string message) : Exception(message);
