using SmolLM3.Batch.Documents.Docx;
using SmolLM3.Batch.Documents.Html;
using SmolLM3.Batch.Documents.Markdown;
using SmolLM3.Batch.Documents.Pdf;
using SmolLM3.Batch.Documents.Text;

namespace SmolLM3.Batch.Documents;

/// <summary>Reads documents of every supported format. Thread-safe.</summary>
public sealed class DocumentReader
{
    private readonly DocumentLimits _limits;
    private readonly TimeProvider _time;
    private readonly Dictionary<SourceFormat, IFormatReader> _readers;

    /// <summary>Creates a reader.</summary>
    /// <param name="limits">Bounds on size and time; null means the defaults.</param>
    /// <param name="time">The clock of the time limit; null means the system's.</param>
    public DocumentReader(DocumentLimits? limits = null, TimeProvider? time = null)
    {
        _limits = limits ?? new DocumentLimits();
        _limits.Validate();
        _time = time ?? TimeProvider.System;
        _readers = new Dictionary<SourceFormat, IFormatReader>
        {
            [SourceFormat.Text] = new PlainTextReader(_limits),
            [SourceFormat.Markdown] = new MarkdownReader(_limits),
            [SourceFormat.Html] = new HtmlReader(_limits),
            [SourceFormat.Docx] = new DocxReader(_limits),
            [SourceFormat.Pdf] = new PdfReader(_limits),
        };
    }

    /// <summary>Reads a document.</summary>
    /// <param name="content">Its bytes, read from the current position to the end.</param>
    /// <param name="name">Its file name; the extension tells the format where <paramref name="contentType"/> does not.</param>
    /// <param name="contentType">Its media type, if known.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="DocumentException">It cannot be read; the message names cause and remedy.</exception>
    public async Task<Document> ReadAsync(
        Stream content, string name, string? contentType = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        byte[] bytes = await BoundedStream.ReadAllAsync(content, name, _limits, cancellationToken).ConfigureAwait(false);
        if (bytes.Length == 0) throw Faults.Empty(name);

        var (format, charset) = FormatDetector.Detect(bytes, name, contentType);
        using var timeout = new CancellationTokenSource(_limits.Timeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            // A parser that does not look at the token is left behind: its result is nobody's any more.
            return await Task.Run(() => _readers[format].ReadAsync(bytes, name, charset, linked.Token), linked.Token)
                .WaitAsync(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Faults.TooSlow(name, _limits);
        }
    }
}
