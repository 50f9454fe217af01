using System.Diagnostics;

namespace SmolLM3.Batch.Tests;

/// <summary>npm packages that tests run by node, installed once into the user's cache folder, outside of the repository.</summary>
internal static class NpmPackages
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(2);

    /// <summary>Returns the folder that holds <c>node_modules</c>. Throws, saying why, where there is no npm or no registry.</summary>
    public static async Task<string> InstallAsync(string name, params string[] packages)
    {
        string cache = Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ??
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "smollm3-batch", name);
        if (Directory.Exists(cache))
            return cache;

        // Installed beside its final place and renamed, so that a run cut short leaves nothing that looks whole.
        string staging = $"{cache}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(staging);
        try
        {
            using Process npm = Start("npm", ["install", "--prefix", staging, "--no-audit", "--no-fund", "--silent", "--ignore-scripts", .. packages], staging);
            Task<string> output = npm.StandardOutput.ReadToEndAsync();
            Task<string> errors = npm.StandardError.ReadToEndAsync();
            using var limit = new CancellationTokenSource(InstallLimit);
            try
            {
                await npm.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                npm.Kill(entireProcessTree: true);
                throw new TimeoutException($"npm install {string.Join(' ', packages)} took more than {InstallLimit}");
            }

            if (npm.ExitCode != 0)
                throw new InvalidOperationException(
                    $"npm install {string.Join(' ', packages)} ended with {npm.ExitCode}: {await errors}{await output}");
            if (!Directory.Exists(cache))
                Directory.Move(staging, cache);
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }

        return cache;
    }

    public static Process Start(string program, IEnumerable<string> arguments, string folder) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}
