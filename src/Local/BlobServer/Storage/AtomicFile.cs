namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>Files that are there whole or not at all, whatever kills the process.</summary>
internal static class AtomicFile
{
    /// <summary>Writes, flushes to the disk, then renames over what was there.</summary>
    public static void Write(string path, string temporary, ReadOnlySpan<byte> content)
    {
        WriteTemporary(temporary, content);
        Move(temporary, path);
    }

    public static void WriteTemporary(string temporary, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(temporary)!);
        using var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    public static void Move(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Move(from, to, overwrite: true);
    }
}
