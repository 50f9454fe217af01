using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>Translates a document unit by unit, with one translation for every defined term, and writes it in its own format.</summary>
internal sealed class TranslateRun(TranslateOptions options) : ITaskRun
{
    public async Task<TaskOutcome> RunAsync(TaskContext context, CancellationToken cancellationToken)
    {
        var translatable = Open(context.Document);
        var texts = translatable.Units.Select(unit => TaggedText.Plain(unit.Text)).ToList();
        var source = options.Source ?? Detect(context, texts);
        var prompts = new TranslatePrompts(source, options.Target);
        var terms = await TermTable.CreateAsync(context, prompts, options.Glossary, texts, cancellationToken).ConfigureAwait(false);
        var segments = await new SegmentTranslator(context, prompts, terms).TranslateAsync(translatable.Units, cancellationToken)
            .ConfigureAwait(false);

        var usage = TermUsage.Measure(terms, segments);
        Warn(context, segments, usage);
        var translated = translatable.Write([.. segments.Select(segment => segment.Target)], options.Target.Code);
        var files = await TranslateFiles.RenderAsync(
            context, source, options.Target, segments, usage, translated, cancellationToken).ConfigureAwait(false);
        return new TaskOutcome(files, Coverage: 1);
    }

    private static ITranslatable Open(Document document) => document.Format switch
    {
        SourceFormat.Markdown => new MarkdownTranslatable(document),
        SourceFormat.Html => new HtmlTranslatable(document),
        SourceFormat.Docx => new DocxTranslatable(document),
        _ => new PlainTextTranslatable(document),
    };

    private Language Detect(TaskContext context, IReadOnlyList<string> texts)
    {
        var found = Language.Detect(texts);
        if (found is null)
        {
            var assumed = Language.Of(options.Target.Code == "en" ? "fr" : "en");
            context.Warn($"The document's language could not be told; {assumed.Name} was assumed. Name it by the option 'source'.");
            return assumed;
        }

        return found != options.Target ? found : throw new InvalidTaskException(
            $"The document is in {found.Name} already. Choose another 'target', or name its language by 'source'.");
    }

    private static void Warn(TaskContext context, IReadOnlyList<Segment> segments, IReadOnlyList<TermUsage> terms)
    {
        int kept = segments.Count(segment => segment.Status == SegmentStatus.Kept);
        int unformatted = segments.Count(segment => segment.Status == SegmentStatus.Unformatted);
        int inconsistent = terms.Count(term => term.Missing.Count > 0);
        if (kept > 0)
        {
            context.Warn($"{kept:N0} of {segments.Count:N0} segments stand in the source language: their translation lost a number, a placeholder or its text.");
        }

        if (unformatted > 0) context.Warn($"{unformatted:N0} of {segments.Count:N0} segments lost formatting within their text.");
        if (inconsistent > 0)
            context.Warn(
                $"{inconsistent:N0} of {terms.Count:N0} defined terms are not translated alike everywhere; the JSON names the segments.");
    }
}
