using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// The HTTP client for calls on a user's behalf. It checks each address that it connects to and follows no redirect by itself.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    private const int MaxRedirects = 5;

    private readonly OutboundPolicy _policy;
    private readonly HttpClient _client;

    /// <summary>A client under <paramref name="policy"/>.</summary>
    public OutboundHttp(OutboundPolicy policy, IOptions<OutboundOptions> options)
    {
        _policy = policy;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = options.Value.Timeout,
        };
    }

    /// <summary>Sends a request; the body of the answer is not read yet.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken = default) =>
        _policy.Objection(request.RequestUri!) is { } objection
            ? throw new OutboundRefusedException(objection)
            : _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    /// <summary>Gets a URL, following redirects to places that may be called too.</summary>
    public async Task<HttpResponseMessage> GetAsync(Uri url, CancellationToken cancellationToken = default)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect) || response.Headers.Location is not { } location)
                return response;
            response.Dispose();
            if (redirects == MaxRedirects)
                throw new OutboundRefusedException($"'{url.GetLeftPart(UriPartial.Path)}' redirects more than {MaxRedirects} times.");
            url = new Uri(url, location);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken).ConfigureAwait(false);
        var allowed = addresses.Where(_policy.MayConnect).ToArray();
        if (allowed.Length == 0)
            throw new OutboundRefusedException($"The host '{context.DnsEndPoint.Host}' has no public address.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
