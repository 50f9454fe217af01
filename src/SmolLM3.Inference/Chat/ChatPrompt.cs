using System.Globalization;
using System.Text;

namespace SmolLM3.Inference.Chat;

/// <summary>Renders a chat into a prompt, character for character as the hub's SmolLM3 chat template does.</summary>
/// <remarks>Upstream's own behaviour is kept: without tools the system block has no end token, and a system message that is not first is
/// dropped.</remarks>
public static class ChatPrompt
{
    private const string NoThinking = "<think>\n\n</think>\n";

    private const string Assistant = "You are a helpful AI assistant named SmolLM, trained by Hugging Face.";

    private const string ThinkingAssistant =
        Assistant
        + " Your role as an assistant involves thoroughly exploring questions through a systematic thinking process before providing the final"
        + " precise and accurate solutions. This requires engaging in a comprehensive cycle of analysis, summarizing, exploration, reassessment,"
        + " reflection, backtracking, and iteration to develop well-considered thinking process. Please structure your response into two main"
        + " sections: Thought and Solution using the specified format: <think> Thought section </think> Solution section. In the Thought section,"
        + " detail your reasoning process in steps. Each step should include detailed considerations such as analysing questions, summarizing"
        + " relevant findings, brainstorming new ideas, verifying the accuracy of the current steps, refining any errors, and revisiting previous"
        + " steps. In the Solution section, based on various attempts, explorations, and reflections from the Thought section, systematically"
        + " present the final solution that you deem correct. The Solution section should be logical, accurate, and concise and detail necessary"
        + " steps needed to reach the conclusion.";

    private const string ToolsIntroduction =
        "You may call one or more functions to assist with the user query.\n"
        + "You are provided with function signatures within <tools></tools> XML tags:\n\n<tools>\n";

    private const string ToolsConclusion =
        "</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n"
        + "<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>";

    private const string PythonToolsIntroduction =
        "When you send a message containing Python code between '<code>' and '</code>' tags, it will be executed in a stateful Jupyter notebook"
        + " environment, and you will then be given the output to continued reasoning in an agentic loop.\n\n"
        + "You can use the following tools in your python code like regular functions:\n<tools>\n";

    private const string PythonToolsConclusion =
        "</tools>\n\nThe state persists between code executions: so variables that you define in one step are still available thereafter.";

    /// <summary>The prompt of a chat.</summary>
    /// <exception cref="ArgumentException">There is no message, or one has a role that the template does not know.</exception>
    public static string Render(IReadOnlyList<ChatTurn> turns, ChatPromptOptions options)
    {
        ArgumentNullException.ThrowIfNull(turns);
        ArgumentNullException.ThrowIfNull(options);
        if (turns.Count == 0)
            throw new ArgumentException("A chat needs at least one message.", nameof(turns));

        string system = turns[0].Role == "system" ? turns[0].Content : "";
        bool thinking = !Has(system, "/no_think") && (options.Thinking || Has(system, "/think"));
        var prompt = new StringBuilder();
        AppendSystem(prompt, system, thinking, options);
        foreach (ChatTurn turn in turns)
            AppendTurn(prompt, turn, thinking);
        if (options.AddGenerationPrompt)
            prompt.Append("<|im_start|>assistant\n").Append(thinking ? "" : NoThinking);
        return prompt.ToString();
    }

    private static void AppendSystem(StringBuilder prompt, string system, bool thinking, ChatPromptOptions options)
    {
        prompt.Append("<|im_start|>system\n");
        string instructions = TrimEnd(
            system.Replace("/no_think", "", StringComparison.Ordinal).Replace("/think", "", StringComparison.Ordinal));
        if (Has(system, "/system_override"))
        {
            prompt.Append(TrimEnd(instructions.Replace("/system_override", "", StringComparison.Ordinal))).Append("<|im_end|>\n");
            return;
        }

        string today = options.Today.ToString("dd MMMM yyyy", CultureInfo.InvariantCulture);
        prompt.Append("## Metadata\n\nKnowledge Cutoff Date: June 2025\nToday Date: ").Append(today)
            .Append("\nReasoning Mode: ").Append(thinking ? "/think" : "/no_think")
            .Append("\n\n## Custom Instructions\n\n")
            .Append(instructions.Length > 0 ? instructions : thinking ? ThinkingAssistant : Assistant)
            .Append("\n\n");
        if (options.Tools.Count == 0 && options.PythonTools.Count == 0)
            return;
        prompt.Append("### Tools\n\n");
        AppendTools(prompt, ToolsIntroduction, options.Tools, ToolsConclusion);
        AppendTools(prompt, PythonToolsIntroduction, options.PythonTools, PythonToolsConclusion);
        prompt.Append("\n\n<|im_end|>\n");
    }

    private static void AppendTools(StringBuilder prompt, string introduction, IReadOnlyList<string> tools, string conclusion)
    {
        if (tools.Count == 0)
            return;
        prompt.Append(introduction);
        foreach (string tool in tools)
            prompt.Append(tool).Append('\n');
        prompt.Append(conclusion);
    }

    private static void AppendTurn(StringBuilder prompt, ChatTurn turn, bool thinking)
    {
        switch (turn.Role)
        {
            case "user" or "tool":
                prompt.Append("<|im_start|>user\n").Append(turn.Content).Append("<|im_end|>\n");
                break;
            case "assistant":
                prompt.Append("<|im_start|>assistant\n").Append(thinking ? "" : NoThinking)
                    .Append(turn.Content.AsSpan().TrimStart('\n')).Append("<|im_end|>\n");
                break;
            case "system":
                break;
            default:
                throw new ArgumentException($"Unknown role '{turn.Role}'; the roles are system, user, assistant and tool.", nameof(turn));
        }
    }

    private static bool Has(string text, string flag) => text.Contains(flag, StringComparison.Ordinal);

    // Python's str.rstrip, which also takes the four information separators for white space.
    private static string TrimEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && (char.IsWhiteSpace(text[end - 1]) || text[end - 1] is >= '\x1C' and <= '\x1F'))
            end--;
        return text[..end];
    }
}
