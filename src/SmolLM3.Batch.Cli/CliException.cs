namespace SmolLM3.Batch.Cli;

/// <summary>A failure the user can act on; its message names the cause and the remedy.</summary>
internal sealed class CliException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether it may pass by itself: a service that does not answer, or that cannot for now.</summary>
    public bool MayPass { get; init; }
}
