using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using SmolLM3.Batch.Tests;

namespace SmolLM3.Batch.EndToEnd.Tests;

/// <summary>Runs a script of this folder by node, with packages from npm; skips the test, saying why, where they cannot be had.</summary>
internal static class Node
{
    public static async Task<JsonElement> RunAsync(string script, string package, string version, params string[] arguments)
    {
        string packages;
        try
        {
            packages = await NpmPackages.InstallAsync($"{package.Replace('/', '-').TrimStart('@')}-{version}", $"{package}@{version}");
        }
        catch (Exception failure) when (failure is Win32Exception or TimeoutException or InvalidOperationException)
        {
            Assert.Skip($"{package} cannot be had here: {failure.Message}. It needs node 20, npm and the npm registry once.");
            throw;
        }

        using var node = NpmPackages.Start("node", [Path.Combine(
            AppContext.BaseDirectory, "Npm", script), packages, .. arguments], AppContext.BaseDirectory);
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        try
        {
            await node.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            node.Kill(entireProcessTree: true);
            Assert.Fail($"{script} did not end within 4 minutes. It had printed:\n{await output}\n{await errors}");
        }

        Assert.True(node.ExitCode == 0, $"{script} ended with {node.ExitCode}:\n{await errors}");
        return JsonSerializer.Deserialize<JsonElement>(await output);
    }
}
