namespace SmolLM3.Batch.Jobs;

/// <summary>One thing wrong with a request.</summary>
/// <param name="Path">Where, for example <c>tasks[0].type</c>; empty for the whole.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record RequestProblem(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
