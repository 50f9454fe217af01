namespace SmolLM3.Batch.Infrastructure.Tests;

/// <summary>The files under test.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string BicepFolder => Path.Combine(Root, "bicep");

    public static IReadOnlyList<string> BicepFiles { get; } =
        [.. Directory.GetFiles(BicepFolder, "*.bicep", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    /// <summary>All C# of the folders, without what builds leave there.</summary>
    public static IEnumerable<(string Path, string Text)> Code(params string[] folders) =>
        folders.Select(folder => Path.Combine(Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .Select(file => (file, File.ReadAllText(file)));

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "SmolLM3.Batch.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds SmolLM3.Batch.sln.");
    }
}
