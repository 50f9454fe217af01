using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Functions;

/// <summary>Which format of a result a request asks for: <c>?format=</c>, or the Accept header.</summary>
internal static class ResultFormats
{
    private static readonly (string Extension, string MediaType)[] Known =
    [
        ("json", "application/json"),
        ("md", "text/markdown"),
        ("html", "text/html"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("txt", "text/plain"),
    ];

    /// <summary>Extensions in the order in which they are wanted; empty if nothing there is would do.</summary>
    public static IReadOnlyList<string> Of(HttpRequest request)
    {
        string? format = request.Query["format"];
        if (!string.IsNullOrEmpty(format))
        {
            return Known.Any(known => known.Extension == format)
                ? [format]
                : throw new InvalidRequestException(
                    "format", $"There is no format '{format}'. Formats are {string.Join(", ", Known.Select(known => known.Extension))}.");
        }
        var accept = request.GetTypedHeaders().Accept;
        if (accept.Count == 0)
            return [.. Known.Select(known => known.Extension)];
        return
        [
            .. Known
                .Select((known, index) => (known.Extension, Quality: Quality(accept, known.MediaType), index))
                .Where(candidate => candidate.Quality > 0)
                .OrderByDescending(candidate => candidate.Quality).ThenBy(candidate => candidate.index)
                .Select(candidate => candidate.Extension),
        ];
    }

    // The most specific range decides, as RFC 9110 says: text/html;q=0 excludes HTML whatever */* allows.
    private static double Quality(IList<MediaTypeHeaderValue> accept, string mediaType)
    {
        var type = new MediaTypeHeaderValue(mediaType);
        return accept.Where(range => type.IsSubsetOf(range))
            .OrderByDescending(range => range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2)
            .Select(range => range.Quality ?? 1)
            .FirstOrDefault();
    }
}
