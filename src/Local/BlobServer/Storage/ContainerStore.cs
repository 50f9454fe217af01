using System.Text.Json;
using SmolLM3.Local.BlobServer.Protocol;

namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>Containers: a folder is one, whoever made it.</summary>
internal sealed class ContainerStore(FolderLayout layout, Stamps stamps, Lock structure)
{
    public ContainerRecord Create(string container, Dictionary<string, string> metadata, string? publicAccess)
    {
        lock (structure)
        {
            if (Directory.Exists(layout.Container(container)))
                throw StorageException.ContainerAlreadyExists();
            Forget(container);
            var record = new ContainerRecord
            {
                ETag = stamps.NextETag(),
                LastModified = stamps.Time.GetUtcNow(),
                Metadata = metadata,
                PublicAccess = publicAccess,
            };
            Write(container, record);
            Directory.CreateDirectory(layout.Container(container));
            return record;
        }
    }

    public ContainerRecord Get(string container)
    {
        lock (structure)
            return Load(container);
    }

    public ContainerRecord Update(string container, Func<ContainerRecord, ContainerRecord> change)
    {
        lock (structure)
        {
            ContainerRecord record = change(Load(container));
            Write(container, record);
            return record;
        }
    }

    /// <summary>Takes the folder away in one rename; its remains are cleared after that.</summary>
    public void Delete(string container, Action<ContainerRecord> check)
    {
        string trash = Path.Combine(layout.Trash, $"{container}~{stamps.Next():x}");
        lock (structure)
        {
            check(Load(container));
            Directory.CreateDirectory(layout.Trash);
            Directory.Move(layout.Container(container), trash);
            Forget(container);
        }

        Directory.Delete(trash, recursive: true);
    }

    public IEnumerable<string> Names() =>
        new DirectoryInfo(layout.Root).EnumerateDirectories()
            .Select(folder => folder.Name)
            .Where(BlobNames.IsContainerName)
            .Order(StringComparer.Ordinal);

    /// <summary>Drops what is known of a container: records, blocks, blobs kept outside its folder.</summary>
    public void Forget(string container)
    {
        if (File.Exists(layout.ContainerRecord(container)))
            File.Delete(layout.ContainerRecord(container));
        foreach (string folder in (string[])[layout.RecordsOf(container), Path.Combine(layout.Blocks, container), layout.OverflowOf(container)])
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    public string NextETag() => stamps.NextETag();

    private ContainerRecord Load(string container)
    {
        var folder = new DirectoryInfo(layout.Container(container));
        if (!folder.Exists)
            throw StorageException.ContainerNotFound();
        try
        {
            if (JsonSerializer.Deserialize(
                File.ReadAllBytes(layout.ContainerRecord(container)), RecordJson.Default.ContainerRecord) is { } record)
                return record;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            // A folder made by hand.
        }

        return new ContainerRecord { ETag = Stamps.ETag(folder.CreationTimeUtc.Ticks), LastModified = folder.CreationTimeUtc };
    }

    private void Write(string container, ContainerRecord record) =>
        AtomicFile.Write(
            layout.ContainerRecord(container), Path.Combine(layout.Staging, $"{container}~container~{stamps.Next():x}.json"),
            JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Default.ContainerRecord));
}
