namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>
/// The names of a container's blobs in ordinal order, read off its folder without visiting what a prefix or start excludes.
/// </summary>
internal sealed class BlobWalker(FolderLayout layout, Func<string, BlobRecord?> readRecord)
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    /// <summary>Names that begin with <paramref name="prefix"/> and are not less than <paramref name="from"/>.</summary>
    public IEnumerable<string> Names(string container, string prefix, string from) =>
        Merge(Plain(layout.Container(container), "", prefix, from), Overflowed(container, prefix, from));

    private static IEnumerable<string> Plain(string folder, string parent, string prefix, string from)
    {
        if (NextSegment(parent, prefix) is { } only)
        {
            string? encoded = BlobNames.ToPath(only);
            string next = encoded is null ? "" : Path.Combine(folder, encoded);
            return encoded is null || !Directory.Exists(next) ? [] : Plain(next, parent + only + "/", prefix, from);
        }

        return Entries(folder, parent, prefix, from)
            .SelectMany(entry => entry.IsFolder ? Plain(entry.Path, entry.Name, prefix, from) : [entry.Name]);
    }

    private static List<(string Name, string Path, bool IsFolder)> Entries(string folder, string parent, string prefix, string from)
    {
        var entries = new List<(string Name, string Path, bool IsFolder)>();
        foreach (FileSystemInfo entry in Enumerate(folder))
        {
            if (entry.Name[0] == '.' || entry.Attributes.HasFlag(FileAttributes.ReparsePoint) ||
                BlobNames.DecodeSegment(entry.Name) is not { } segment)
                continue;
            bool isFolder = entry is DirectoryInfo;
            string name = parent + segment + (isFolder ? "/" : "");
            bool wanted = isFolder
                ? (name.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(name, StringComparison.Ordinal)) &&
                  (string.CompareOrdinal(name, from) >= 0 || from.StartsWith(name, StringComparison.Ordinal))
                : name.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(name, from) >= 0;
            if (wanted)
                entries.Add((name, entry.FullName, isFolder));
        }

        entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }

    /// <summary>What is in a folder; nothing if it is gone, as it may be at any moment when its last blob is deleted.</summary>
    private static FileSystemInfo[] Enumerate(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).GetFileSystemInfos("*", Everything);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>The one folder that can hold the prefix, where the prefix already names it in full.</summary>
    private static string? NextSegment(string parent, string prefix)
    {
        int slash = prefix.Length > parent.Length ? prefix.IndexOf('/', parent.Length) : -1;
        return slash < 0 ? null : prefix[parent.Length..slash];
    }

    private List<string> Overflowed(string container, string prefix, string from)
    {
        var folder = new DirectoryInfo(layout.OverflowOf(container));
        if (!folder.Exists)
            return [];
        return folder.EnumerateFiles()
            .Select(file => readRecord(Path.Combine(layout.RecordsOf(container), file.Name[..2], file.Name + ".json")))
            .Where(record => record is { Overflow: true } && record.Name.StartsWith(prefix, StringComparison.Ordinal) &&
                             string.CompareOrdinal(record.Name, from) >= 0)
            .Select(record => record!.Name)
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    private static IEnumerable<string> Merge(IEnumerable<string> plain, List<string> overflowed)
    {
        int next = 0;
        foreach (string name in plain)
        {
            while (next < overflowed.Count && string.CompareOrdinal(overflowed[next], name) < 0)
                yield return overflowed[next++];
            if (next < overflowed.Count && overflowed[next] == name)
                next++;
            yield return name;
        }

        while (next < overflowed.Count)
            yield return overflowed[next++];
    }
}
