using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace SmolLM3.Local.BlobServer.Protocol;

/// <summary>XML bodies, in and out.</summary>
internal static class XmlBody
{
    private const int MaxLength = 8 * 1024 * 1024;

    public static async Task<XElement> ReadAsync(BlobRequest request)
    {
        if (request.Http.ContentLength > MaxLength)
            throw new StorageException(
                413, "RequestBodyTooLarge", $"The request body is too large; at most {MaxLength} bytes are permitted.");
        try
        {
            var settings =
                new XmlReaderSettings { Async = true, DtdProcessing = DtdProcessing.Prohibit, MaxCharactersInDocument = MaxLength };
            using var reader = XmlReader.Create(request.Http.Body, settings);
            return await XElement.LoadAsync(reader, LoadOptions.None, request.Aborted).ConfigureAwait(false);
        }
        catch (XmlException)
        {
            throw StorageException.InvalidXml();
        }
    }

    public static async Task WriteAsync(BlobRequest request, XElement body)
    {
        byte[] bytes = ToBytes(body);
        request.Response.ContentType = "application/xml";
        request.Response.ContentLength = bytes.Length;
        await request.Response.Body.WriteAsync(bytes, request.Aborted).ConfigureAwait(false);
    }

    public static byte[] ToBytes(XElement body)
    {
        using var buffer = new MemoryStream();
        using (var writer = XmlWriter.Create(buffer, new XmlWriterSettings { Encoding = new UTF8Encoding(false) }))
            body.WriteTo(writer);
        return buffer.ToArray();
    }

    /// <summary>A name as an element; one that XML cannot hold is percent-encoded and marked so.</summary>
    public static XElement Name(string element, string name)
    {
        try
        {
            return new XElement(element, XmlConvert.VerifyXmlChars(name));
        }
        catch (XmlException)
        {
            return new XElement(element, new XAttribute("Encoded", "true"), Uri.EscapeDataString(name));
        }
    }
}
