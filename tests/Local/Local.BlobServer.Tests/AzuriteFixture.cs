using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SmolLM3.Batch.Tests;

namespace SmolLM3.Local.BlobServer.Tests;

/// <summary>Azurite from npm, installed once into the user's cache folder. SMOLLM3_AZURITE=off leaves it out.</summary>
public sealed class AzuriteFixture : IBlobServiceFixture, IAsyncLifetime
{
    private const string Version = "3.35.0";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();
    private Process? _process;
    private int _port;

    public string? Missing { get; private set; }

    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={BlobServerOptions.WellKnownAccount};AccountKey={BlobServerOptions.WellKnownKey};" +
        $"BlobEndpoint=http://127.0.0.1:{_port}/{BlobServerOptions.WellKnownAccount};";

    public async ValueTask InitializeAsync()
    {
        try
        {
            if (Environment.GetEnvironmentVariable("SMOLLM3_AZURITE") == "off")
                throw new InvalidOperationException("SMOLLM3_AZURITE is off");
            string package = await NpmPackages.InstallAsync($"azurite-{Version}", $"azurite@{Version}");
            string program = Path.Combine(package, "node_modules", "azurite", "dist", "src", "blob", "main.js");
            _port = FreePort();
            _process = NpmPackages.Start("node", [program, "--blobHost", "127.0.0.1", "--blobPort", $"{_port}", "--location", _folder.Path, "--silent", "--skipApiVersionCheck", "--disableTelemetry"], _folder.Path);
            _process.OutputDataReceived += (_, _) => { };
            _process.ErrorDataReceived += (_, _) => { };
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            await WaitUntilListeningAsync();
        }
        catch (Exception error)
        {
            Missing = $"Azurite cannot run here: {error.Message}. It needs node, npm and the npm registry once.";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        _folder.Dispose();
    }

    private async Task WaitUntilListeningAsync()
    {
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < StartLimit)
        {
            if (_process!.HasExited)
                throw new InvalidOperationException($"it ended with {_process.ExitCode}");
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, _port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        throw new TimeoutException($"it did not listen within {StartLimit}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
