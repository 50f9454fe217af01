using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Cli.Documents;

/// <summary>Turns the files and folders of a command line into documents with distinct blob names.</summary>
internal static class DocumentFinder
{
    /// <summary>
    /// A folder's files keep their path below it, so that its first folders can name tasks; a file keeps its name, after its folder's
    /// where that is a task's. A folder's hidden files are passed over, and sidecars go with their documents.
    /// </summary>
    public static IReadOnlyList<LocalDocument> Find(IReadOnlyList<string> paths)
    {
        var found = new List<LocalDocument>();
        foreach (var path in paths)
        {
            if (Directory.Exists(path)) found.AddRange(InFolder(new DirectoryInfo(path)));
            else if (File.Exists(path) && BlobNames.IsSidecar(path)) RequireDocument(path);
            else if (File.Exists(path)) found.Add(Document(path, WithTaskFolder(new FileInfo(path).Directory!, Path.GetFileName(path))));
            else if (path.StartsWith('-')) throw new CliException(
                $"There is no option {path}, and no file of that name. --help lists the options.");
            else throw new CliException($"There is no file or folder {path}.");
        }

        if (found.Count == 0) throw new CliException($"There is no document in {string.Join(", ", paths)}.");
        return Distinct(found);
    }

    // The shell's FOLDER/* names a sidecar beside its document, which takes it along. On its own it asks for nothing: no job would come.
    private static void RequireDocument(string sidecar)
    {
        var document = sidecar[..^BlobNames.SidecarSuffix.Length];
        if (!File.Exists(document))
        {
            throw new CliException(
                $"{sidecar} is a sidecar, and its document, {Path.GetFileName(document)}, is not beside it. Put it there, or leave the sidecar out.");
        }
    }

    private static IEnumerable<LocalDocument> InFolder(DirectoryInfo folder) =>
        folder.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.System })
            .Select(file => (
                file.FullName, Name: Path.GetRelativePath(folder.FullName, file.FullName).Replace(Path.DirectorySeparatorChar, '/')))
            .Where(file => !file.Name.Split('/').Any(part => part.StartsWith('.')) && !BlobNames.IsSidecar(file.Name))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => Document(file.FullName, WithTaskFolder(folder, file.Name)));

    private static string WithTaskFolder(DirectoryInfo folder, string name) =>
        TaskTypes.All.Contains(folder.Name) ? $"{folder.Name}/{name}" : name;

    private static LocalDocument Document(string path, string name)
    {
        var sidecar = BlobNames.Sidecar(path);
        return new LocalDocument(path, name, File.Exists(sidecar) ? sidecar : null);
    }

    private static List<LocalDocument> Distinct(List<LocalDocument> found)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return [.. found.DistinctBy(document => Path.GetFullPath(document.Path)).Select(
            document => document with { Name = Free(document.Name) })];

        string Free(string name)
        {
            var (folder, stem, extension) = (Path.GetDirectoryName(name), Path.GetFileNameWithoutExtension(name), Path.GetExtension(name));
            for (var number = 2; !taken.Add(name); number++)
                name = (string.IsNullOrEmpty(folder) ? "" : folder + "/") + $"{stem}-{number}{extension}";
            return name;
        }
    }
}
