using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SmolLM3.Batch.Cli.LocalPipeline;

/// <summary>One child process of the local pipeline; its output goes to a log file.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private const int Sigterm = 15;

    private readonly Process _process;
    private readonly ProcessLog _log;

    private readonly Func<ServiceProcess> _startAgain;

    private ServiceProcess(string name, Process process, ProcessLog log, Func<ServiceProcess> startAgain)
    {
        (Name, _process, _log, _startAgain) = (name, process, log, startAgain);
        Started = ProcessStart.Of(process.Id);
    }

    public string Name { get; }

    public string LogPath => _log.Path;

    public int Id => _process.Id;

    /// <summary>When it began, or null where that is not to be told.</summary>
    public string? Started { get; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public static ServiceProcess Start(
        string name, string assembly, string workingDirectory, string logPath, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet")
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(assembly);
        foreach (var (key, value) in environment) start.Environment[key] = value;
        var hooks = start.Environment.TryGetValue("DOTNET_STARTUP_HOOKS", out var others) && others is { Length: > 0 }
            ? others + Path.PathSeparator
            : "";
        start.Environment["DOTNET_STARTUP_HOOKS"] = hooks + typeof(StartupHook).Assembly.Location;

        var log = new ProcessLog(logPath);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => log.Write(line.Data);
        process.ErrorDataReceived += (_, line) => log.Write(line.Data);
        if (!process.Start()) throw new CliException($"Could not start {name}: 'dotnet exec {assembly}' did not run.");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServiceProcess(name, process, log, () => Start(name, assembly, workingDirectory, logPath, environment));
    }

    public ServiceProcess StartAgain() => _startAgain();

    /// <summary>The last lines of the log, for an error message.</summary>
    public string Tail(int lines = 12)
    {
        using var stream = new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(lines));
    }

    /// <summary>Asks the process to leave, and ends it where it has not left after <paramref name="grace"/>.</summary>
    public async Task StopAsync(TimeSpan grace, TimeProvider time)
    {
        if (!_process.HasExited)
        {
            if (OperatingSystem.IsWindows() || kill(_process.Id, Sigterm) != 0) _process.Kill(entireProcessTree: true);
            using var patience = new CancellationTokenSource(grace, time);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(5), TimeProvider.System);
        _process.Dispose();
        _log.Dispose();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
