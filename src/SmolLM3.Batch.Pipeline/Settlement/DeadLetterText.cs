namespace SmolLM3.Batch.Pipeline;

/// <summary>Service Bus keeps at most 4,096 characters of a dead letter's reason and of its description.</summary>
public static class DeadLetterText
{
    private const int MaxLength = 4096;

    /// <summary>The text, cut if it must be.</summary>
    public static string Fit(string text) => text.Length <= MaxLength ? text : text[..(MaxLength - 1)] + "…";
}
