using System.Globalization;
using System.Text;
using System.Xml.Linq;
using SmolLM3.Local.BlobServer.Protocol;

namespace SmolLM3.Local.BlobServer.Operations;

/// <summary>What every listing asks for: a prefix, a place to go on from, and how much at most.</summary>
internal sealed record ListPage(string Prefix, string From, int MaxResults, IReadOnlySet<string> Include)
{
    private const int ServiceMaximum = 5000;

    public static ListPage Of(BlobRequest request)
    {
        int max = ServiceMaximum;
        if (request.Parameter("maxresults") is { } text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out max) || max < 1)
                throw new StorageException(
                    400, "OutOfRangeQueryParameterValue",
                    "One of the query parameters specified in the request URI is outside the permissible range.");
            max = Math.Min(max, ServiceMaximum);
        }

        return new ListPage(
            request.Parameter("prefix") ?? "", Decode(request.Parameter("marker")), max,
            (request.Parameter("include") ?? "").Split(',').Select(item => item.Trim().ToLowerInvariant()).ToHashSet());
    }

    public XElement Envelope(BlobRequest request, XElement items, string? next, params object[] more)
    {
        var envelope = new XElement(
            "EnumerationResults",
            new XAttribute("ServiceEndpoint", $"{request.Http.Scheme}://{request.Http.Host}/{request.Account}/"),
            XmlBody.Name("Prefix", Prefix),
            new XElement("Marker", request.Parameter("marker") ?? ""),
            new XElement("MaxResults", MaxResults));
        envelope.Add(more);
        envelope.Add(items, new XElement("NextMarker", next is null ? "" : Encode(next)));
        return envelope;
    }

    private static string Encode(string name) => "1!" + Convert.ToBase64String(Encoding.UTF8.GetBytes(name));

    private static string Decode(string? marker)
    {
        if (string.IsNullOrEmpty(marker))
            return "";
        try
        {
            if (marker.StartsWith("1!", StringComparison.Ordinal))
                return Encoding.UTF8.GetString(Convert.FromBase64String(marker[2..]));
        }
        catch (FormatException)
        {
            // Reported below, as any other marker that did not come from here.
        }

        throw StorageException.InvalidQuery("marker", marker);
    }
}
