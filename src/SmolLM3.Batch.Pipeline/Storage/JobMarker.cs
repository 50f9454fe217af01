using Azure;

namespace SmolLM3.Batch.Pipeline;

/// <summary>The marker of a job that is not over.</summary>
/// <param name="Since">When it was put.</param>
/// <param name="ETag">Its version: one put anew has another.</param>
public readonly record struct JobMarker(DateTimeOffset Since, ETag? ETag);
