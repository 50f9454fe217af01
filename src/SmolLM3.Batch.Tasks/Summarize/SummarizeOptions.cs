using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Options;

namespace SmolLM3.Batch.Tasks.Summarize;

/// <summary>How to summarize.</summary>
/// <param name="Style">One of <see cref="Styles"/>.</param>
/// <param name="Words">Target length.</param>
/// <param name="Focus">A question that the summary should answer, or null.</param>
internal sealed record SummarizeOptions(string Style, int Words, string? Focus)
{
    public static IReadOnlyList<string> Styles { get; } = ["executive", "bullets", "sections", "plain"];

    /// <summary>Points, or paragraphs of plain prose, that make up the target length.</summary>
    public int Points => Math.Clamp(Words / (Style == "plain" ? 60 : 25), Style == "plain" ? 1 : 3, 80);

    public static SummarizeOptions Parse(JsonObject? options)
    {
        var reader = new OptionReader(TaskTypes.Summarize, options);
        string style = reader.Choice("style", "executive", Styles);
        int words = reader.Integer("words", style == "sections" ? 400 : 250, 40, 4000);
        string? focus = reader.Text("focus", 500);
        reader.End();
        return new SummarizeOptions(style, words, focus);
    }
}
