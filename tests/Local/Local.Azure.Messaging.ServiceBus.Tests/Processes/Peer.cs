using System.Collections.Concurrent;
using System.Diagnostics;

namespace Local.Azure.Messaging.ServiceBus.Tests.Processes;

/// <summary>Another process of this assembly, and the lines it has printed.</summary>
internal sealed class Peer : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Task _reading;

    public Peer(string verb, string connectionString, string queue)
    {
        var assembly = typeof(Peer).Assembly.Location;
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", assembly, "peer", verb, connectionString, queue])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        _reading = Task.Run(ReadAsync);
    }

    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Waits for so many lines, or for one of the given text.</summary>
    public Task UntilAsync(int lines) => UntilAsync(() => _lines.Count >= lines);

    public Task UntilAsync(string line) => UntilAsync(() => _lines.Contains(line));

    /// <summary>SIGKILL: no handler runs, nothing is closed.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
    }

    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        await _reading;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        // A line that the kill cut short was not acknowledged to anybody.
        var text = new System.Text.StringBuilder();
        var buffer = new char[4096];
        int read;
        while ((read = await _process.StandardOutput.ReadAsync(buffer)) > 0)
        {
            foreach (var letter in buffer.AsSpan(0, read))
            {
                if (letter != '\n')
                {
                    text.Append(letter);
                    continue;
                }
                _lines.Enqueue(text.ToString().TrimEnd('\r'));
                text.Clear();
            }
        }
    }

    private async Task UntilAsync(Func<bool> reached)
    {
        using var deadline = new CancellationTokenSource(Soon);
        while (!reached())
        {
            if (deadline.IsCancellationRequested || (_process.HasExited && _reading.IsCompleted && !reached()))
                throw new TimeoutException($"The peer did not get there. It printed: {string.Join(", ", _lines.TakeLast(20))}");
            await Task.Delay(5);
        }
    }
}
