namespace SmolLM3.Batch.Documents.Html;

/// <summary>HTML: what a reader would see, as Markdown. Scripts, styles and hidden parts are left out; nothing is fetched or run.</summary>
internal sealed class HtmlReader(DocumentLimits limits) : IFormatReader
{
    public Task<Document> ReadAsync(ReadOnlyMemory<byte> content, string name, string? charset, CancellationToken cancellationToken)
    {
        var (source, warnings) = HtmlSource.Decode(content.Span, name, charset, limits);
        using var parsed = HtmlTree.Parse(source, name, limits, cancellationToken);
        var builder = new DocumentBuilder(name, SourceFormat.Html, content, limits) { Charset = charset, Warnings = warnings };
        string? title = parsed.Title;
        if (!string.IsNullOrWhiteSpace(title)) builder.Title = title.Trim();
        if (parsed.Body is { } body) new HtmlWalker(builder, name, limits, cancellationToken).Walk(body);
        return Task.FromResult(builder.Build());
    }
}
