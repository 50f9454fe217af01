using System.Text.Json.Nodes;
using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Tasks.Running;

/// <summary>Reads a structured answer and tells the user where it is not whole.</summary>
internal static class AnswerReader
{
    public static JsonObject Read(TaskContext context, Completion completion)
    {
        if (completion.FinishReason == FinishReason.Length)
        {
            context.Warn("At least one answer reached its token limit and was cut; what was complete in it is kept.");
        }

        if (JsonAnswer.Parse(completion) is { } answer) return answer;
        context.Warn("At least one answer was no valid JSON and is left out.");
        return [];
    }
}
