using System.Security.Cryptography;

namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>Bytes on their way in: a file in the staging folder, flushed to the disk, that no reader can see yet.</summary>
internal sealed class StagedContent : IDisposable
{
    private StagedContent(string path, byte[] md5, FileFacts facts)
    {
        Path = path;
        Md5 = md5;
        Facts = facts;
    }

    public string Path { get; }

    public byte[] Md5 { get; }

    public FileFacts Facts { get; }

    /// <summary>Copies the sources one after the other, hashing as it goes. Any failure leaves nothing behind.</summary>
    public static async Task<StagedContent> WriteAsync(
        string path, Func<Stream, CancellationToken, Task> write, IContentObserver? observer, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        try
        {
            using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
            await using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous))
            {
                await write(new ObservedStream(file, md5, observer), cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            return new StagedContent(path, md5.GetHashAndReset(), FileFacts.Of(path)!);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Deletes the bytes, unless a commit renamed them into place.</summary>
    public void Dispose() => File.Delete(Path);
}

/// <summary>Sees the bytes of a body go by.</summary>
internal interface IContentObserver
{
    void Append(ReadOnlySpan<byte> bytes);
}
