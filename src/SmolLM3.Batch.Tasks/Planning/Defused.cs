namespace SmolLM3.Batch.Tasks.Planning;

/// <summary>Text from outside, made safe for a prompt: what a tokenizer would take for a control token becomes ordinary text.</summary>
internal static class Defused
{
    private static readonly string[] Tags =
        ["think>", "/think>", "tool_call>", "/tool_call>", "tool_response>", "/tool_response>", "code>", "/code>"];

    public static string Text(string text)
    {
        if (!text.Contains('<')) return text;
        text = text.Replace("<|", "< |");
        foreach (string tag in Tags) text = text.Replace("<" + tag, "< " + tag);
        return text;
    }
}
