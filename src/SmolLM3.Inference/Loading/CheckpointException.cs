namespace SmolLM3.Inference;

/// <summary>A checkpoint cannot be used; the message names the file, the cause and the remedy.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>An error in <paramref name="file"/> of <paramref name="source"/>.</summary>
    public CheckpointException(string source, string file, string problem, Exception? inner = null)
        : base($"{file} of checkpoint {source}: {problem}", inner)
    {
        File = file;
    }

    /// <summary>The file at fault.</summary>
    public string File { get; }
}
