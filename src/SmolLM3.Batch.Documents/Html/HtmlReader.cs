using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace SmolLM3.Batch.Documents.Html;

/// <summary>HTML: what a reader would see, as Markdown. Scripts, styles and hidden parts are left out; nothing is fetched or run.</summary>
internal sealed class HtmlReader(DocumentLimits limits) : IFormatReader
{
    public async Task<Document> ReadAsync(ReadOnlyMemory<byte> content, string name, string? charset, CancellationToken cancellationToken)
    {
        string source = HtmlSource.Decode(content.Span, name, charset, limits);
        HtmlGuard.Check(source, name, limits);
        var parser = new HtmlParser(new HtmlParserOptions { IsScripting = false });
        using var parsed = await parser.ParseDocumentAsync(source, cancellationToken).ConfigureAwait(false);
        var builder = new DocumentBuilder(name, SourceFormat.Html, content, limits);
        string? title = parsed.Title;
        if (!string.IsNullOrWhiteSpace(title)) builder.Title = title.Trim();
        if (parsed.Body is { } body) new HtmlWalker(builder, name, limits, cancellationToken).Walk(body);
        return builder.Build();
    }
}
