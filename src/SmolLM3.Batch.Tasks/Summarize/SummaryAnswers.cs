using System.Text.Json.Nodes;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.Summarize;

/// <summary>Reads the model's answers.</summary>
internal static class SummaryAnswers
{
    private const int MostCitations = 5;

    /// <summary>The finished summary; <paramref name="paragraphs"/> turns a cited number into paragraphs.</summary>
    public static Summary Final(TaskContext context, Completion completion, Func<int, IReadOnlyList<int>> paragraphs, int lastNumber)
    {
        var answer = Parse(context, completion);
        return new Summary(
            answer.Text("headline"), answer.Text("overview"), Points(
                answer, number => number >= 1 && number <= lastNumber ? paragraphs(number) : []));
    }

    public static IReadOnlyList<SummaryPoint> Points(
        TaskContext context, Completion completion, Func<int, IReadOnlyList<int>> paragraphs) =>
        Points(Parse(context, completion), paragraphs);

    private static List<SummaryPoint> Points(JsonObject answer, Func<int, IReadOnlyList<int>> paragraphs) =>
    [
        .. answer.Items("points")
            .Select(item => new SummaryPoint(
                item.Text("text"), [.. item.Integers("from").SelectMany(paragraphs).Distinct().Take(MostCitations)]))
            .Where(point => point.Text.Length > 0)
            .DistinctBy(point => point.Text),
    ];

    private static JsonObject Parse(TaskContext context, Completion completion) => AnswerReader.Read(context, completion);
}
