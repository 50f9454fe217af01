namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>Where things lie: containers are plain folders, everything else is under <c>.meta</c>.</summary>
internal sealed class FolderLayout(string folder)
{
    public string Root { get; } = Path.GetFullPath(folder);

    public string Meta => Path.Combine(Root, ".meta");

    public string LockFile => Path.Combine(Meta, "lock");

    public string Staging => Path.Combine(Meta, "staging");

    public string Trash => Path.Combine(Meta, "trash");

    public string Outbox => Path.Combine(Meta, "outbox");

    public string Container(string container) => Path.Combine(Root, container);

    public string ContainerRecord(string container) => Path.Combine(Meta, "containers", container + ".json");

    public string Records => Path.Combine(Meta, "blobs");

    public string RecordsOf(string container) => Path.Combine(Records, container);

    public string Record(BlobAddress blob) => Path.Combine(RecordsOf(blob.Container), blob.Key[..2], blob.Key + ".json");

    public string Blocks => Path.Combine(Meta, "blocks");

    public string BlocksOf(BlobAddress blob) => Path.Combine(Blocks, blob.Container, blob.Key);

    public string Overflow => Path.Combine(Meta, "overflow");

    public string OverflowOf(string container) => Path.Combine(Overflow, container);

    public string OverflowFile(BlobAddress blob) => Path.Combine(OverflowOf(blob.Container), blob.Key);

    /// <summary>The plain file of a blob; null if no path can hold its name.</summary>
    public string? PlainFile(BlobAddress blob) =>
        BlobNames.ToPath(blob.Name) is { } path
            ? Path.Combine(Container(blob.Container), path.Replace('/', Path.DirectorySeparatorChar))
            : null;
}

/// <summary>A blob's name within the account.</summary>
internal sealed record BlobAddress(string Container, string Name)
{
    public string Key => BlobNames.Key(Name);

    public string LockKey => Container + "/" + Name;
}

/// <summary>A blob as it is now: its facts, and the file with its bytes.</summary>
/// <param name="Recorded">false: the file was put or changed by hand, and these facts were read off it.</param>
internal sealed record BlobView(BlobRecord Record, string Path, bool Recorded);
