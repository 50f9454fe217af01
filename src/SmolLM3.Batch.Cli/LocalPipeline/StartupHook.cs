using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

/// <summary>
/// Runs first in every process of the local pipeline, named by DOTNET_STARTUP_HOOKS: where the command that started the process is gone,
/// be it killed, the process leaves too. The end of its standard input tells, whose other end only that command holds.
/// </summary>
/// <remarks>
/// The runtime looks for this name outside of any namespace (docs/design/features/host-startup-hook.md in dotnet/runtime).
/// </remarks>
[SuppressMessage("Design", "CA1050:Declare types in namespaces", Justification = "The runtime asks for it.")]
internal static partial class StartupHook
{
    private const int Sigterm = 15;

    public static void Initialize() => new Thread(Watch) { IsBackground = true, Name = "Parent watch" }.Start();

    private static void Watch()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> buffer = stackalloc byte[64];
        while (input.Read(buffer) > 0)
        {
        }

        // As an orderly stop, so that a worker lets go of its job for another to take up.
        if (OperatingSystem.IsWindows() || kill(Environment.ProcessId, Sigterm) != 0) Environment.Exit(1);
    }

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
