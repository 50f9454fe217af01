namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>A unit with its translation.</summary>
/// <param name="Unit">The source.</param>
/// <param name="Target">The tagged translation, or null where the source stays.</param>
/// <param name="Status">What became of it.</param>
internal sealed record Segment(Unit Unit, string? Target, SegmentStatus Status);

/// <summary>What became of a segment, best first.</summary>
internal enum SegmentStatus
{
    /// <summary>Nothing to translate: numbers, marks.</summary>
    Copied,

    /// <summary>Translated with everything in place.</summary>
    Translated,

    /// <summary>Translated, but bold, italic and links within it are lost.</summary>
    Unformatted,

    /// <summary>The translation lost a number, a placeholder or the text itself: the source stands.</summary>
    Kept,
}
