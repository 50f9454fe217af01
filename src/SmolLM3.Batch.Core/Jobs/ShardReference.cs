namespace SmolLM3.Batch.Jobs;

/// <summary>A run of lines of a batch's input file: what a shard job computes instead of a document.</summary>
/// <param name="Container">Container of the input file.</param>
/// <param name="Blob">Its blob.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
/// <param name="FirstLine">Number of the first line in the whole file, from 1.</param>
/// <param name="Lines">Lines, blank ones included.</param>
public sealed record ShardReference(string Container, string Blob, long Offset, long Length, int FirstLine, int Lines)
{
    /// <summary>Numbers of lines whose custom_id an earlier line of the file has.</summary>
    public IReadOnlyList<int> Duplicates { get; init; } = [];
}
