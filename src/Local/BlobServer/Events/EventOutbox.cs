using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Events;

/// <summary>
/// Announcements that still have to be made, one file each. An announcement is written down as intended before its blob is
/// committed and as ready after; at a start, the blob's record tells what became of an intent.
/// </summary>
internal sealed class EventOutbox(FolderLayout layout, Stamps stamps, IReadOnlyCollection<string> containers)
{
    private const string Intended = ".intended";
    private const string ReadyToSend = ".ready";
    private readonly Channel<string> _ready = Channel.CreateUnbounded<string>();

    public ChannelReader<string> Ready => _ready.Reader;

    public bool Watches(string container) => containers.Contains(container);

    public OutboxEntry? Intend(BlobAddress blob, BlobRecord record, string api)
    {
        if (!Watches(blob.Container))
            return null;

        long sequence = stamps.Next();
        var announcement = new BlobAnnouncement
        {
            Id = Guid.NewGuid(),
            Sequence = sequence,
            Time = stamps.Time.GetUtcNow(),
            Container = blob.Container,
            Name = blob.Name,
            Api = api,
            ETag = record.ETag,
            ContentType = record.Headers.ContentType,
            ContentLength = record.File.Length,
        };
        string path = Path.Combine(layout.Outbox, sequence.ToString("D20", CultureInfo.InvariantCulture));
        AtomicFile.Write(
            path + Intended, Path.Combine(layout.Staging, $"{blob.Container}~{blob.Key}~{sequence:x}.json"),
            JsonSerializer.SerializeToUtf8Bytes(announcement, AnnouncementJson.Default.BlobAnnouncement));
        return new OutboxEntry(this, path);
    }

    public BlobAnnouncement Read(string path)
    {
        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllBytes(path), AnnouncementJson.Default.BlobAnnouncement) is { } announcement)
                return announcement;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} holds no announcement: {error.Message} Delete it to go on without.", error);
        }

        throw new InvalidDataException($"{path} holds no announcement. Delete it to go on without.");
    }

    /// <summary>Takes up what an earlier process left.</summary>
    public void Recover(Func<BlobAddress, string?> committedETag)
    {
        if (!Directory.Exists(layout.Outbox))
            return;
        foreach (string file in Directory.GetFiles(layout.Outbox).Order(StringComparer.Ordinal))
        {
            if (file.EndsWith(ReadyToSend, StringComparison.Ordinal))
            {
                _ready.Writer.TryWrite(file);
                continue;
            }

            BlobAnnouncement announcement = Read(file);
            bool committed = committedETag(new BlobAddress(announcement.Container, announcement.Name)) == announcement.ETag;
            Settle(file[..^Intended.Length], committed);
        }
    }

    internal void Settle(string path, bool committed)
    {
        if (!committed)
        {
            File.Delete(path + Intended);
            return;
        }

        File.Move(path + Intended, path + ReadyToSend);
        _ready.Writer.TryWrite(path + ReadyToSend);
    }
}

internal sealed class OutboxEntry(EventOutbox outbox, string path)
{
    /// <summary>Releases the announcement, or drops it if its blob was not committed.</summary>
    public void Settle(bool committed) => outbox.Settle(path, committed);
}
