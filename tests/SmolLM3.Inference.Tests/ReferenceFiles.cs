namespace SmolLM3.Inference.Tests;

/// <summary>Small reference files, copied into this project so that its tests run anywhere.</summary>
internal static class ReferenceFiles
{
    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Reference", name);

    public static Stream Open(string name) => File.OpenRead(Path(name));

    /// <summary>The folder that the copies were taken from, beside the checkout, or null.</summary>
    public static string? Origin()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = System.IO.Path.Combine(at.FullName, "shared", "reference");
            if (Directory.Exists(candidate))
                return candidate;
        }

        return null;
    }
}
