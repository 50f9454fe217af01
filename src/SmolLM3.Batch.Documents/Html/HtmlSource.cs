using SmolLM3.Batch.Documents.Text;

namespace SmolLM3.Batch.Documents.Html;

/// <summary>The markup of a document that was read from HTML.</summary>
internal static class HtmlSource
{
    public static string Decode(Document document) =>
        Decode(document.Source.Span, document.Name, document.Charset, new DocumentLimits { MaxCharacters = int.MaxValue }).Text;

    public static DecodedText Decode(ReadOnlySpan<byte> bytes, string name, string? charset, DocumentLimits limits) =>
        TextDecoder.Decode(bytes, name, charset ?? HtmlCharset.Declared(bytes), limits);
}
