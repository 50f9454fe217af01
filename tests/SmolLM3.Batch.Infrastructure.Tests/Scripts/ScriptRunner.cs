using System.Diagnostics;

namespace SmolLM3.Batch.Infrastructure.Tests.Scripts;

/// <summary>
/// Runs the scripts of infra/ against commands that only write down how they were called, and answer what a test has them answer.
/// </summary>
public sealed class ScriptRunner : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("smollm3-scripts-");

    private string Log => Path.Combine(_folder.FullName, "log");

    /// <summary>All calls in their order, each the command and its arguments.</summary>
    public string[] Calls => File.Exists(Log) ? File.ReadAllLines(Log) : [];

    public static bool OnPath(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, command)));

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Puts a command before all others of its name. <paramref name="body"/> is bash.</summary>
    public ScriptRunner With(string command, string body = "")
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The scripts are for bash.");
        string path = Path.Combine(_folder.FullName, command);
        File.WriteAllText(path, $"#!/usr/bin/env bash\necho \"{command} $*\" >> \"$STUB_LOG\"\n{body}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return this;
    }

    public (int Exit, string Output, string Errors) Run(
        string script, string[] arguments, string input = "", params (string Name, string Value)[] variables)
    {
        Assert.SkipUnless(OnPath("bash") && OnPath("jq"), "There is no bash or no jq here.");
        var start = new ProcessStartInfo("bash", [Path.Combine(Repository.Root, "infra", script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = _folder.FullName + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        start.Environment["STUB_LOG"] = Log;
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    /// <summary>The place of the first call that holds all parts.</summary>
    public int Index(params string[] parts)
    {
        int index = Array.FindIndex(Calls, call => parts.All(part => call.Contains(part, StringComparison.Ordinal)));
        Assert.True(index >= 0, $"No call with {string.Join(" and ", parts)} among:\n{string.Join('\n', Calls)}");
        return index;
    }

    public void NoCall(string part) =>
        Assert.DoesNotContain(Calls, call => call.Contains(part, StringComparison.Ordinal));
}
