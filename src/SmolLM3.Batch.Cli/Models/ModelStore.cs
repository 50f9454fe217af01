using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Cli.Models;

/// <summary>
/// Where downloaded checkpoints lie: <c>$SMOLLM3_HOME/models/OWNER--NAME</c>, by default under the user's data folder. Each holds a file
/// <c>.revision</c> with the commit, written last: without it a download is not complete.
/// </summary>
internal sealed partial class ModelStore(string root)
{
    private const string RevisionFile = ".revision";

    public static ModelStore Default() => new(Path.Combine(
        Environment.GetEnvironmentVariable("SMOLLM3_HOME")
        ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "smollm3"),
        "models"));

    public string FolderOf(string repository) => Path.Combine(root, repository.Replace("/", "--", StringComparison.Ordinal));

    public string? RevisionOf(string repository)
    {
        var file = Path.Combine(FolderOf(repository), RevisionFile);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    /// <summary>Names the commit whose <paramref name="files"/> are all there, and removes what is not among them.</summary>
    public void Complete(string repository, string commit, IEnumerable<string> files)
    {
        // An index of weights that this commit does not have would be loaded before the weights that it has.
        var kept = files.ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(FolderOf(repository)))
        {
            if (!kept.Contains(Path.GetFileName(file))) File.Delete(file);
        }

        File.WriteAllText(Path.Combine(FolderOf(repository), RevisionFile), commit + "\n");
    }

    public void Begin(string repository)
    {
        Directory.CreateDirectory(FolderOf(repository));
        File.Delete(Path.Combine(FolderOf(repository), RevisionFile));
    }

    /// <summary>Whether a text has the form OWNER/NAME of a hub repository.</summary>
    public static bool IsRepositoryName(string text) => RepositoryName().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$")]
    private static partial Regex RepositoryName();
}
