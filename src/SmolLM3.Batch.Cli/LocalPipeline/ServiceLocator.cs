namespace SmolLM3.Batch.Cli.LocalPipeline;

/// <summary>
/// Finds the executables of the local pipeline: beside the command when published, else in the build outputs of the repository.
/// </summary>
internal static class ServiceLocator
{
    public static string Functions() => Find("functions", "functions/SmolLM3.Batch.Functions", "SmolLM3.Batch.Functions.dll");

    public static string Worker() => Find("worker", "workers/SmolLM3.Batch.Worker", "SmolLM3.Batch.Worker.dll");

    public static string BlobServer() => Find("blobs", "src/Local/BlobServer", "BlobServer.dll");

    private static string Find(string published, string project, string assembly)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var beside = Path.Combine(here.FullName, "services", published, assembly);
        if (File.Exists(beside)) return beside;

        // …/bin/<Configuration>/<Framework>/ : the same configuration and framework of the other project.
        var framework = here.Name;
        var configuration = here.Parent?.Name ?? "Release";
        for (var folder = here; folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "SmolLM3.Batch.sln"))) continue;
            var built = Path.Combine(folder.FullName, project, "bin", configuration, framework, assembly);
            if (File.Exists(built)) return built;
        }

        throw new CliException(
            $"The local pipeline needs {assembly}, which is neither under 'services/{published}' beside the command nor built. "
            + $"Build it with BuildFor=local: dotnet build -c {configuration} SmolLM3.Batch.sln");
    }
}
