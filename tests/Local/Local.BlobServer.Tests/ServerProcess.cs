using System.Diagnostics;

namespace SmolLM3.Local.BlobServer.Tests;

/// <summary>The server as the program that it is.</summary>
internal static class ServerProcess
{
    public static Process Start(string folder, out string connectionString)
    {
        string program = typeof(BlobServerHost).Assembly.Location;
        var start = new ProcessStartInfo(
            "dotnet", ["exec", program, $"--BlobServer:Folder={folder}", "--BlobServer:Port=0", "--BlobServer:Containers=documents"])
        {
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        string line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The server said nothing.");
        connectionString = $"DefaultEndpointsProtocol=http;AccountName={BlobServerOptions.WellKnownAccount};AccountKey={BlobServerOptions.WellKnownKey};BlobEndpoint={line.Split(' ')[^1]};";
        return process;
    }
}
