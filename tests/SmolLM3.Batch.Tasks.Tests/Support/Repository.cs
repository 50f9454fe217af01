namespace SmolLM3.Batch.Tasks.Tests.Support;

internal static class Repository
{
    /// <summary>A file of the repository.</summary>
    public static string PathOf(params string[] parts)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "SmolLM3.Batch.sln"))) folder = Path.GetDirectoryName(folder);
        Assert.NotNull(folder);
        return Path.Combine([folder, .. parts]);
    }
}
