using System.Diagnostics;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace SmolLM3.Local.BlobServer.Tests;

public sealed class LargeBodyTests
{
    private const int Mebibyte = 1 << 20;

    [Fact]
    public async Task Memory_DoesNotGrowWithTheBody()
    {
        const int length = 96 * Mebibyte;
        using var folder = new TemporaryFolder();
        using Process server = ServerProcess.Start(folder.Path, out string connectionString);
        try
        {
            BlobClient blob = Clients.Connect(connectionString).GetBlobContainerClient("documents").GetBlobClient("large");
            await blob.UploadAsync(new Pattern(Mebibyte), overwrite: true);
            server.Refresh();
            long before = server.PeakWorkingSet64;

            // One request with the whole body, and one with the whole answer.
            await blob.UploadAsync(
                new Pattern(length),
                new BlobUploadOptions { TransferOptions = new StorageTransferOptions { InitialTransferSize = length } });
            await using Stream read = (await blob.DownloadStreamingAsync()).Value.Content;
            await read.CopyToAsync(Stream.Null);
            server.Refresh();

            Assert.Equal(length, new FileInfo(folder.File("documents", "large")).Length);
            Assert.InRange(server.PeakWorkingSet64 - before, 0, 48 * Mebibyte);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    /// <summary>Bytes that no array holds.</summary>
    private sealed class Pattern(long length) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get => _position; set => _position = value; }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int read = (int)Math.Min(buffer.Length, length - _position);
            buffer[..read].Fill((byte)_position);
            _position += read;
            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) =>
            _position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => length + offset };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
