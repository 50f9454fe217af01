namespace SmolLM3.Batch.Tasks.Running;

/// <summary>Reads an enum's name from an answer.</summary>
internal static class EnumText
{
    /// <summary>The value of that name, or the fallback; numbers are no names.</summary>
    public static T Parse<T>(string text, T fallback)
        where T : struct, Enum
        => Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0])
            ? value
            : fallback;
}
