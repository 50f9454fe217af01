using System.Security.Cryptography;
using System.Text;

namespace SmolLM3.Local.BlobServer.Protocol;

/// <summary>Checks the <c>SharedKey</c> scheme.</summary>
internal sealed class SharedKeySignature(string account, string base64Key)
{
    private static readonly string[] SignedHeaders =
    [
        "Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date",
        "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range",
    ];

    private readonly byte[] _key = Convert.FromBase64String(base64Key);

    /// <summary>false where the request carries no signature at all.</summary>
    public bool Verify(BlobRequest request)
    {
        if (request.Account != account)
            throw new StorageException(
                404, "ResourceNotFound", $"There is no account '{request.Account}' here; this server holds '{account}'.");
        if (request.Header("Authorization") is not { } authorization)
            return false;

        string prefix = $"SharedKey {account}:";
        if (!authorization.StartsWith(prefix, StringComparison.Ordinal))
            throw StorageException.AuthenticationFailed($"Only 'SharedKey {account}:<signature>' is supported here.");
        string text = StringToSign(request);
        byte[] expected = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text));
        Span<byte> given = stackalloc byte[expected.Length];
        if (!Convert.TryFromBase64String(authorization[prefix.Length..], given, out int length) || length != expected.Length ||
            !CryptographicOperations.FixedTimeEquals(given, expected))
            throw StorageException.AuthenticationFailed($"The MAC signature found in the HTTP request is not the same as any computed signature. Server used following string to sign: '{text}'.");
        return true;
    }

    private static string StringToSign(BlobRequest request)
    {
        var text = new StringBuilder(request.Method).Append('\n');
        foreach (string name in SignedHeaders)
        {
            string? value = request.Header(name);
            text.Append(name == "Content-Length" && value == "0" ? "" : value).Append('\n');
        }

        var signed = request.Http.Headers
            .Where(header => header.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .Select(header => (Name: header.Key.ToLowerInvariant(), Value: header.Value.ToString().Trim()))
            .OrderBy(header => header.Name, StringComparer.Ordinal);
        foreach (var (name, value) in signed)
            text.Append(name).Append(':').Append(value).Append('\n');

        text.Append('/').Append(request.Account).Append(request.RawPath);
        foreach (var (name, value) in request.Query.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            text.Append('\n').Append(name).Append(':').Append(value);
        return text.ToString();
    }
}
