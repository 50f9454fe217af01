using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Protocol;

/// <summary>A request taken apart. The target is read raw: ASP.NET's own decoding would fold dots and lose encoded slashes.</summary>
internal sealed class BlobRequest
{
    private readonly HttpContext _http;

    private BlobRequest(HttpContext http, string rawPath, string account, string? container, string? blob, Dictionary<string, string> query)
    {
        _http = http;
        RawPath = rawPath;
        Account = account;
        Container = container;
        Blob = blob;
        Query = query;
    }

    public string RawPath { get; }

    public string Account { get; }

    public string? Container { get; }

    public string? Blob { get; }

    /// <summary>Keys in lower case, values decoded.</summary>
    public IReadOnlyDictionary<string, string> Query { get; }

    public string Method => _http.Request.Method;

    public HttpRequest Http => _http.Request;

    public HttpResponse Response => _http.Response;

    public CancellationToken Aborted => _http.RequestAborted;

    public BlobAddress Address => new(Container!, Blob!);

    public static BlobRequest Parse(HttpContext http)
    {
        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith('/'))
            target = new Uri(target).PathAndQuery;
        int question = target.IndexOf('?', StringComparison.Ordinal);
        string path = question < 0 ? target : target[..question];
        string[] parts = path[1..].Split('/', 3);
        string? container = parts.Length > 1 && parts[1].Length > 0 ? Decode(parts[1]) : null;
        string? blob = parts.Length > 2 && parts[2].Length > 0 ? Decode(parts[2]) : null;
        if (container is not null && !BlobNames.IsContainerName(container))
            throw StorageException.InvalidResourceName();
        if (blob?.Length > BlobNames.MaxLength)
            throw StorageException.NameTooLong();
        return new BlobRequest(http, path, Decode(parts[0]), container, blob, ParseQuery(question < 0 ? "" : target[(question + 1)..]));
    }

    public string? Header(string name) => Http.Headers.TryGetValue(name, out var value) && value.Count > 0 ? value.ToString() : null;

    public string RequiredHeader(string name) => Header(name) ?? throw StorageException.MissingHeader(name);

    public bool Flag(string name) => string.Equals(Header(name), "true", StringComparison.OrdinalIgnoreCase);

    public string? Parameter(string name) => Query.GetValueOrDefault(name);

    public DateTimeOffset? Date(string name)
    {
        if (Header(name) is not { } text)
            return null;
        return DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date
            : throw StorageException.InvalidHeader(name, text);
    }

    /// <summary>The <c>x-ms-meta-*</c> headers. Names keep their case, as the service's do.</summary>
    public Dictionary<string, string> Metadata()
    {
        const string prefix = "x-ms-meta-";
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in Http.Headers)
        {
            if (!header.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                continue;
            string name = header.Key[prefix.Length..];
            if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                throw new StorageException(
                    400, "InvalidMetadata", "The metadata specified is invalid. It has characters that are not permitted.");
            metadata[name] = header.Value.ToString();
        }

        return metadata;
    }

    private static string Decode(string encoded) => Uri.UnescapeDataString(encoded);

    private static Dictionary<string, string> ParseQuery(string query)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string key = Decode(equals < 0 ? pair : pair[..equals]).ToLowerInvariant();
            string value = equals < 0 ? "" : Decode(pair[(equals + 1)..].Replace('+', ' '));
            parameters[key] = parameters.TryGetValue(key, out string? earlier) ? $"{earlier},{value}" : value;
        }

        return parameters;
    }
}
