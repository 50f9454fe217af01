using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Decides which hosts and addresses the pipeline may call on a user's behalf.</summary>
public sealed class OutboundPolicy(IOptions<OutboundOptions> options)
{
    /// <summary>Why a URL may not be called, or null.</summary>
    public string? Objection(Uri url)
    {
        var allowed = options.Value;
        if (url.Scheme != Uri.UriSchemeHttps && !(allowed.AllowHttp && url.Scheme == Uri.UriSchemeHttp))
            return $"'{url.GetLeftPart(UriPartial.Path)}' is not https.";
        if (allowed.AllowedHosts.Count > 0 && !allowed.AllowedHosts.Any(pattern => Matches(pattern, url.IdnHost)))
            return $"The host '{url.Host}' is not among those that may be called ({OutboundOptions.Section}:{nameof(OutboundOptions.AllowedHosts)}).";
        if (IPAddress.TryParse(url.IdnHost.Trim('[', ']'), out var address) && !MayConnect(address))
            return $"The address {address} is not public.";
        return null;
    }

    /// <summary>
    /// Whether a connection to an address may be opened. Asked of what a name resolved to, so that no name can point inwards.
    /// </summary>
    public bool MayConnect(IPAddress address) => options.Value.AllowPrivateAddresses || IsPublic(address);

    internal static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // Global unicast only, without the ranges that stand for IPv4 addresses (6to4, Teredo, documentation).
            var bytes = address.GetAddressBytes();
            return (bytes[0] & 0xE0) == 0x20 && !(bytes[0] == 0x20 && bytes[1] == 0x02)
                && !(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] < 0x02)
                    && !(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8);
        }
        var b = address.GetAddressBytes();
        return b[0] switch
        {
            0 or 10 or 127 or >= 224 => false,
            100 => b[1] is < 64 or > 127,
            168 => !(b[1] == 63 && b[2] == 129 && b[3] == 16),
            169 => b[1] != 254,
            172 => b[1] is < 16 or > 31,
            192 => !(b[1] == 168 || (b[1] == 0 && b[2] is 0 or 2) || (b[1] == 88 && b[2] == 99)),
            198 => !(b[1] is 18 or 19 || (b[1] == 51 && b[2] == 100)),
            203 => !(b[1] == 0 && b[2] == 113),
            _ => true,
        };
    }

    private static bool Matches(string pattern, string host) => pattern.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(pattern, StringComparison.OrdinalIgnoreCase);
}
