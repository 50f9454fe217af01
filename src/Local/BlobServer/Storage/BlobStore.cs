using System.Text.Json;
using SmolLM3.Local.BlobServer.Events;
using SmolLM3.Local.BlobServer.Protocol;

namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>
/// Blobs as plain files with a record each. A write is committed by one rename, that of the record; the bytes follow from the
/// staging folder, and if the process dies in between, the next start finishes that. Changes to one blob take turns, so every
/// condition is checked against the state it changes.
/// </summary>
internal sealed class BlobStore(FolderLayout layout, Stamps stamps, EventOutbox outbox)
{
    private readonly KeyedLocks _locks = new();

    /// <summary>Guards which folders exist: it is held for renames only, never while bytes flow.</summary>
    private readonly Lock _structure = new();

    public FolderLayout Layout => layout;

    public Stamps Stamps => stamps;

    public Lock Structure => _structure;

    public DateTimeOffset Now => stamps.Time.GetUtcNow();

    public bool ContainerExists(string container) => Directory.Exists(layout.Container(container));

    public async Task<BlobView?> FindAsync(BlobAddress blob, CancellationToken cancellationToken)
    {
        using (await _locks.EnterAsync(blob.LockKey, cancellationToken).ConfigureAwait(false))
            return Load(blob);
    }

    /// <summary>
    /// Opens the bytes that belong to the facts which <paramref name="check"/> sees; a later overwrite leaves them readable.
    /// </summary>
    public async Task<(BlobView Blob, FileStream Content)> OpenAsync(
        BlobAddress blob, Action<BlobView?> check, CancellationToken cancellationToken)
    {
        using (await _locks.EnterAsync(blob.LockKey, cancellationToken).ConfigureAwait(false))
        {
            BlobView? view = Load(blob);
            check(view);
            if (view is null)
                throw StorageException.BlobNotFound();
            return (view, new FileStream(
                view.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.Asynchronous));
        }
    }

    public Task<StagedContent> StageAsync(
        BlobAddress blob, Func<Stream, CancellationToken, Task> write, IContentObserver? observer, CancellationToken cancellationToken) =>
        StagedContent.WriteAsync(NewStagingPath(blob), write, observer, cancellationToken);

    /// <summary>
    /// Puts staged bytes in place if <paramref name="decide"/>, given the blob as it is, returns a record and does not throw.
    /// </summary>
    public async Task<BlobRecord> CommitAsync(
        BlobAddress blob, StagedContent content, string api, Func<BlobView?, BlobRecord> decide, CancellationToken cancellationToken)
    {
        using (await _locks.EnterAsync(blob.LockKey, cancellationToken).ConfigureAwait(false))
        {
            BlobView? current = Load(blob);
            BlobRecord record = decide(current) with
            {
                Name = blob.Name,
                ETag = stamps.NextETag(),
                LastModified = Now,
                Created = Now,
                File = content.Facts,
                Staged = Path.GetFileName(content.Path),
            };
            OutboxEntry? announcement = outbox.Intend(blob, record, api);
            try
            {
                Place(blob, content, record);
            }
            finally
            {
                announcement?.Settle(committed: IsCommitted(blob, record));
            }

            if (current?.Record.Overflow == true && Load(blob)?.Record.Overflow == false)
                File.Delete(layout.OverflowFile(blob));
            DiscardBlocks(blob);
            return record;
        }
    }

    /// <summary>Replaces the record if <paramref name="change"/> returns one; the bytes stay.</summary>
    public async Task<BlobRecord> UpdateAsync(
        BlobAddress blob, Func<BlobView, BlobRecord> change, CancellationToken cancellationToken)
    {
        using (await _locks.EnterAsync(blob.LockKey, cancellationToken).ConfigureAwait(false))
        {
            BlobView view = Load(blob) ?? throw NotFound(blob);
            BlobRecord record = change(view);
            WriteRecord(blob, record, view.Recorded);
            return record;
        }
    }

    /// <summary>Takes a file that was put or changed by hand as an upload, if it still is what <paramref name="facts"/> says.</summary>
    public async Task<bool> AdoptAsync(BlobAddress blob, FileFacts facts, CancellationToken cancellationToken)
    {
        using (await _locks.EnterAsync(blob.LockKey, cancellationToken).ConfigureAwait(false))
        {
            if (Load(blob) is not { Recorded: false } view || view.Record.File != facts)
                return false;
            WriteRecord(blob, view.Record, recorded: false);
            return true;
        }
    }

    public async Task DeleteAsync(BlobAddress blob, Action<BlobView?> check, CancellationToken cancellationToken)
    {
        using (await _locks.EnterAsync(blob.LockKey, cancellationToken).ConfigureAwait(false))
        {
            BlobView? view = Load(blob);
            check(view);
            if (view is null)
                throw NotFound(blob);
            lock (_structure)
            {
                File.Delete(view.Path);
                File.Delete(layout.Record(blob));
                if (!outbox.Watches(blob.Container))
                    RemoveEmptyParents(view.Path, layout.Container(blob.Container));
            }

            DiscardBlocks(blob);
        }
    }

    /// <summary>Runs an action while nobody else changes the blob.</summary>
    public async Task<T> WithLockAsync<T>(BlobAddress blob, Func<BlobView?, T> action, CancellationToken cancellationToken)
    {
        using (await _locks.EnterAsync(blob.LockKey, cancellationToken).ConfigureAwait(false))
            return action(Load(blob));
    }

    private void DiscardBlocks(BlobAddress blob)
    {
        string blocks = layout.BlocksOf(blob);
        if (Directory.Exists(blocks))
            Directory.Delete(blocks, recursive: true);
    }

    public string NewStagingPath(BlobAddress blob) =>
        Path.Combine(layout.Staging, $"{blob.Container}~{blob.Key}~{stamps.Next():x}");

    public StorageException NotFound(BlobAddress blob) =>
        ContainerExists(blob.Container) ? StorageException.BlobNotFound() : StorageException.ContainerNotFound();

    public BlobRecord? ReadRecord(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RecordJson.Default.BlobRecord);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            // No record, or one that somebody edited into nonsense: the file alone tells what there is to tell.
            return null;
        }
    }

    /// <summary>Finishes the rename of a commit that was cut short.</summary>
    public void FinishRename(BlobAddress blob, BlobRecord record)
    {
        string staged = Path.Combine(layout.Staging, record.Staged!);
        if (!File.Exists(staged))
            return;
        lock (_structure)
            AtomicFile.Move(staged, record.Overflow ? layout.OverflowFile(blob) : layout.PlainFile(blob)!);
    }

    private BlobView? Load(BlobAddress blob)
    {
        BlobRecord? record = ReadRecord(layout.Record(blob));
        if (record?.Staged is not null)
            FinishRename(blob, record);

        string? path = record?.Overflow == true ? layout.OverflowFile(blob) : layout.PlainFile(blob);
        if (path is null || FileFacts.Of(path) is not { } facts)
            return null;
        return record is not null && record.File == facts
            ? new BlobView(record, path, Recorded: true)
            : new BlobView(HandMade.Describe(blob.Name, facts), path, Recorded: false);
    }

    private void Place(BlobAddress blob, StagedContent content, BlobRecord record)
    {
        string recordFile = layout.Record(blob);
        string temporary = content.Path + ".json";
        bool overflow = false;
        while (true)
        {
            AtomicFile.WriteTemporary(
                temporary, JsonSerializer.SerializeToUtf8Bytes(record with { Overflow = overflow }, RecordJson.Default.BlobRecord));
            lock (_structure)
            {
                if (!ContainerExists(blob.Container))
                {
                    File.Delete(temporary);
                    throw StorageException.ContainerNotFound();
                }

                string? target = overflow ? layout.OverflowFile(blob) : layout.PlainFile(blob);
                if (target is not null && (overflow || MakeRoom(target)))
                {
                    AtomicFile.Move(temporary, recordFile);
                    AtomicFile.Move(content.Path, target);
                    return;
                }
            }

            overflow = true;
        }
    }

    private void WriteRecord(BlobAddress blob, BlobRecord record, bool recorded)
    {
        OutboxEntry? announcement = recorded ? null : outbox.Intend(blob, record, BlobApi.PutBlob);
        try
        {
            AtomicFile.Write(
                layout.Record(blob), NewStagingPath(blob) + ".json",
                JsonSerializer.SerializeToUtf8Bytes(record with { Staged = null }, RecordJson.Default.BlobRecord));
        }
        finally
        {
            announcement?.Settle(committed: IsCommitted(blob, record));
        }
    }

    private bool IsCommitted(BlobAddress blob, BlobRecord record) => ReadRecord(layout.Record(blob))?.ETag == record.ETag;

    /// <summary>
    /// Makes the folders that a file needs; false where a file stands in the way of a folder or a folder in the way of the file.
    /// </summary>
    private static bool MakeRoom(string target)
    {
        try
        {
            if (Directory.Exists(target) && !RemoveEmptyTree(target))
                return false;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            return true;
        }
        catch (IOException) when (!Directory.Exists(Path.GetDirectoryName(target)))
        {
            return false;
        }
    }

    private static bool RemoveEmptyTree(string folder)
    {
        if (Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any())
            return false;
        Directory.Delete(folder, recursive: true);
        return true;
    }

    private static void RemoveEmptyParents(string file, string container)
    {
        for (string? folder = Path.GetDirectoryName(file);
             folder is not null && folder.Length > container.Length && folder.StartsWith(container, StringComparison.Ordinal);
             folder = Path.GetDirectoryName(folder))
        {
            try
            {
                if (Directory.EnumerateFileSystemEntries(folder).Any())
                    return;
                Directory.Delete(folder);
            }
            catch (IOException)
            {
                // Somebody put a file there by hand in between, or took the folder away: either way it is none of ours any more.
                return;
            }
        }
    }
}
