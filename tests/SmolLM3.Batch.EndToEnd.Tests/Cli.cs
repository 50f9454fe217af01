using System.Diagnostics;

namespace SmolLM3.Batch.EndToEnd.Tests;

/// <summary>The command as a process, as built beside these tests.</summary>
internal static class Cli
{
    public static string Repository { get; } = FindRepository();

    private static string Assembly { get; } = Path.Combine(
        Repository, "src", "SmolLM3.Batch.Cli", "bin", Configuration, "net10.0", "smollm3.dll");

    // …/bin/<Configuration>/net10.0/
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public static Process Start(string workingDirectory, string home, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SMOLLM3_HOME"] = home;
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Assembly);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string workingDirectory, string home, string? input, params string[] arguments)
    {
        using var process = Start(workingDirectory, home, arguments);
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail(
                $"smollm3 {string.Join(' ', arguments)} did not end within 3 minutes. It had printed:\n{await output}\n{await error}");
        }

        return (process.ExitCode, await output, await error);
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SmolLM3.Batch.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("These tests run from a checkout: no folder above them holds SmolLM3.Batch.sln.");
    }
}
