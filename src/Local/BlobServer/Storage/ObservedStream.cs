using System.Security.Cryptography;

namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>A write-only stream that hashes what passes through it.</summary>
internal sealed class ObservedStream(Stream inner, IncrementalHash md5, IContentObserver? observer) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException("This stream is written only.");

    public override long Position
    {
        get => throw new NotSupportedException("This stream is written only.");
        set => throw new NotSupportedException("This stream is written only.");
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        md5.AppendData(buffer);
        observer?.Append(buffer);
        inner.Write(buffer);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        md5.AppendData(buffer.Span);
        observer?.Append(buffer.Span);
        await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("This stream is written only.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("This stream is written only.");

    public override void SetLength(long value) => throw new NotSupportedException("This stream is written only.");
}
