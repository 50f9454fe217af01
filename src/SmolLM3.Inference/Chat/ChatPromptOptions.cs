namespace SmolLM3.Inference.Chat;

/// <summary>What the chat template takes besides the messages.</summary>
public sealed record ChatPromptOptions
{
    /// <summary>Whether the model reasons before it answers. <c>/think</c> or <c>/no_think</c> in the system message is stronger.</summary>
    public bool Thinking { get; init; } = true;

    /// <summary>The date that the system block gives as today's.</summary>
    public required DateOnly Today { get; init; }

    /// <summary>Whether the prompt ends with the beginning of the assistant's turn.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>
    /// Functions that the model may call by JSON, each as the JSON text of its signature (<c>tools</c> or <c>xml_tools</c> in the
    /// template).
    /// </summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>Functions that the model may call from Python code, each as its Python signature.</summary>
    public IReadOnlyList<string> PythonTools { get; init; } = [];
}
