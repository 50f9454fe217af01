using System.Text;
using System.Text.Json.Serialization;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Tasks.Rendering;
using SmolLM3.Batch.Tasks.Results;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>A translation, as published.</summary>
internal sealed record TranslateResult(
    [property: JsonIgnore] ResultHeader Header,
    string SourceLanguage,
    string TargetLanguage,
    string File,
    IReadOnlyList<TermUsage> Terms,
    IReadOnlyList<SegmentFacts> Segments);

/// <summary>A segment, as published; texts without tags.</summary>
internal sealed record SegmentFacts(int Number, BlockKind Kind, string Source, string Target, SegmentStatus Status, bool Verified);

/// <summary>Writes the files of a translation: the document, JSON, Markdown, and the two languages side by side.</summary>
internal static class TranslateFiles
{
    public static async Task<IReadOnlyList<ResultFile>> RenderAsync(
        TaskContext context,
        Language source,
        Language target,
        IReadOnlyList<Segment> segments,
        IReadOnlyList<TermUsage> terms,
        ResultFile translated,
        CancellationToken cancellationToken)
    {
        var facts = segments.Select((segment, i) => new SegmentFacts(
            i + 1, segment.Unit.Kind, segment.Unit.Readable(segment.Unit.Text), segment.Unit.Readable(segment.Target ?? segment.Unit.Text),
            segment.Status,
            segment.Status != SegmentStatus.Kept)).ToList();
        var result = new TranslateResult(ResultHeader.Create(context, 1, 1), source.Code, target.Code, translated.Name, terms, facts);
        var files = new List<ResultFile>
        {
            new("translate.json", MediaTypes.Json, ResultJson.Write(result.Header, result)),
            new("translate.html", MediaTypes.Html, Encoding.UTF8.GetBytes(SideBySideHtml.Render(result, source, target))),
            translated,
        };
        if (translated.Name != "translate.md")
        {
            files.Add(new ResultFile(
                "translate.md", MediaTypes.Markdown, await MarkdownAsync(context, translated, cancellationToken).ConfigureAwait(false)));
        }

        return files;
    }

    /// <summary>The translated document read back, which also shows that it can be read.</summary>
    private static async Task<byte[]> MarkdownAsync(TaskContext context, ResultFile translated, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(translated.Content.ToArray(), writable: false);
        var limits = new DocumentLimits { MaxCharacters = int.MaxValue, MaxBytes = int.MaxValue };
        var document = await new DocumentReader(limits, context.Session.Time)
            .ReadAsync(content, translated.Name, translated.ContentType, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetBytes(document.Text + "\n");
    }
}
