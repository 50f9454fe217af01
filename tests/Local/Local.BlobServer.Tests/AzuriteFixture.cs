using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SmolLM3.Local.BlobServer.Tests;

/// <summary>Azurite from npm, installed once into the user's cache folder. SMOLLM3_AZURITE=off leaves it out.</summary>
public sealed class AzuriteFixture : IBlobServiceFixture, IAsyncLifetime
{
    private const string Version = "3.35.0";
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(2);
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
            string program = await InstallAsync();
            _port = FreePort();
            _process = Start("node", [program, "--blobHost", "127.0.0.1", "--blobPort", $"{_port}", "--location", _folder.Path, "--silent", "--skipApiVersionCheck", "--disableTelemetry"], _folder.Path);
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

    private static async Task<string> InstallAsync()
    {
        string cache = Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ??
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "smollm3-batch", $"azurite-{Version}");
        string program = Path.Combine(cache, "node_modules", "azurite", "dist", "src", "blob", "main.js");
        if (File.Exists(program))
            return program;

        // Installed beside its final place and renamed, so that a run cut short leaves nothing that looks whole.
        string staging = cache + "." + Guid.NewGuid().ToString("N");
        Directory.CreateDirectory(staging);
        try
        {
            using Process npm = Start("npm", ["install", "--prefix", staging, "--no-audit", "--no-fund", "--silent", $"azurite@{Version}"], staging);
            using var limit = new CancellationTokenSource(InstallLimit);
            try
            {
                await npm.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                npm.Kill(entireProcessTree: true);
                throw new TimeoutException($"npm install azurite@{Version} took more than {InstallLimit}");
            }

            if (npm.ExitCode != 0)
                throw new InvalidOperationException($"npm install azurite@{Version} ended with {npm.ExitCode}");
            if (!Directory.Exists(cache))
                Directory.Move(staging, cache);
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }

        return program;
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

    private static Process Start(string program, string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
