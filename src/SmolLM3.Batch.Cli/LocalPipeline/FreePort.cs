using System.Net;
using System.Net.Sockets;

namespace SmolLM3.Batch.Cli.LocalPipeline;

internal static class FreePort
{
    /// <summary><paramref name="wanted"/> if nothing listens there, a free port where it is 0.</summary>
    public static int Take(int wanted)
    {
        using var listener = new TcpListener(IPAddress.Loopback, wanted);
        try
        {
            listener.Start();
        }
        catch (SocketException exception)
        {
            throw new CliException($"Port {wanted} is taken. End what listens there, or name another port (0 picks a free one).", exception);
        }

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
