using System.Net;
using System.Net.Sockets;

namespace SmolLM3.Batch.Cli.LocalPipeline;

internal static class FreePort
{
    // Below the ports that systems hand to outgoing connections (from 32768 on Linux, from 49152 elsewhere): one of those can be gone again
    // before the process it was found for has come so far as to listen.
    private const int Lowest = 20_000;
    private const int Highest = 32_767;
    private const int Attempts = 1_000;

    /// <summary><paramref name="wanted"/> if nothing listens there, a free port where it is 0.</summary>
    /// <param name="wanted">The port, or 0.</param>
    /// <param name="random">Draws among the free ports, so that two pipelines that start at once rarely want the same.</param>
    /// <exception cref="CliException">The port is taken or not allowed, or no port is free.</exception>
    public static int Take(int wanted, Random random)
    {
        if (wanted != 0)
        {
            return Probe(wanted) switch
            {
                null => wanted,
                { SocketErrorCode: SocketError.AccessDenied } denied => throw new CliException(
                    $"Port {wanted} may not be opened by this user. Name one above 1023 (0 picks a free one).", denied),
                var taken => throw new CliException(
                    $"Port {wanted} is taken. End what listens there, or name another port (0 picks a free one).", taken),
            };
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = random.Next(Lowest, Highest + 1);
            if (Probe(port) is null) return port;
        }

        throw new CliException(
            $"No free port was found in {Attempts:N0} attempts between {Lowest} and {Highest}. End what listens there, or name ports.");
    }

    // "localhost" is both addresses to a server, and taken on either of them is taken.
    private static SocketException? Probe(int port)
    {
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            try
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
            }
            catch (SocketException missing) when (missing.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable)
            {
                // A machine without IPv6.
            }
            catch (SocketException failure)
            {
                return failure;
            }
        }

        return null;
    }
}
