namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>What a start does about whatever the last stop cut short.</summary>
internal static class Recovery
{
    private static readonly TimeSpan BlockLifetime = TimeSpan.FromDays(7);

    public static void Run(FolderLayout layout, BlobStore blobs, ContainerStore containers)
    {
        if (Directory.Exists(layout.Trash))
            Directory.Delete(layout.Trash, recursive: true);
        ForgetLostContainers(layout, containers);
        SettleStaging(layout, blobs);
        DropOldBlocks(layout, blobs.Now);
    }

    private static void ForgetLostContainers(FolderLayout layout, ContainerStore containers)
    {
        foreach (string folder in (string[])[layout.Records, layout.Blocks, layout.Overflow])
        {
            if (!Directory.Exists(folder))
                continue;
            foreach (string container in Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)))
            {
                if (!Directory.Exists(layout.Container(container)))
                    containers.Forget(container);
            }
        }
    }

    /// <summary>A staged file that a record names was committed: put it in place. Any other never was: delete it.</summary>
    private static void SettleStaging(FolderLayout layout, BlobStore blobs)
    {
        if (!Directory.Exists(layout.Staging))
            return;
        foreach (string path in Directory.GetFiles(layout.Staging))
        {
            string file = Path.GetFileName(path);
            string[] parts = file.Split('~');
            if (parts.Length == 3 && !file.EndsWith(".json", StringComparison.Ordinal))
            {
                BlobRecord? record = blobs.ReadRecord(Path.Combine(layout.RecordsOf(parts[0]), parts[1][..2], parts[1] + ".json"));
                if (record?.Staged == file)
                    blobs.FinishRename(new BlobAddress(parts[0], record.Name), record);
            }

            File.Delete(path);
        }
    }

    private static void DropOldBlocks(FolderLayout layout, DateTimeOffset now)
    {
        if (!Directory.Exists(layout.Blocks))
            return;
        foreach (string container in Directory.GetDirectories(layout.Blocks))
        {
            foreach (string blob in Directory.GetDirectories(container))
            {
                if (now - Directory.GetLastWriteTimeUtc(blob) > BlockLifetime)
                    Directory.Delete(blob, recursive: true);
            }
        }
    }
}
