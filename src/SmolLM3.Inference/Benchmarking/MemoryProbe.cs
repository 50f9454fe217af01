using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>
/// A tensor far larger than any cache, read by all cores at once. A tensor, so that the ceiling is that of the memory which weights lie in:
/// with another allocator's page size the same bytes come up to twice as slowly.
/// </summary>
internal sealed unsafe class MemoryProbe : IDisposable
{
    private const long Length = 256L << 20;

    /// <summary>Bytes of a part: several times the largest cache of a core, a few milliseconds.</summary>
    private const long PartLength = 128L << 20;

    private readonly Tensor _tensor = ones(Length / sizeof(long), dtype: ScalarType.Int64);

    private long _next;

    /// <summary>Reads all of it; returns the bytes read.</summary>
    public double Read() => Read(0, Length);

    /// <summary>Reads the next part, so that no cache holds what is read; returns the bytes read.</summary>
    public double ReadPart()
    {
        _next = (_next + PartLength) % Length;
        return Read(_next, PartLength);
    }

    private double Read(long offset, long length)
    {
        var cores = Environment.ProcessorCount;
        var share = length / cores / 256 * 256;
        fixed (byte* start = _tensor.bytes)
        {
            var first = start + offset;
            Parallel.For(0, cores, core => Sink.Keep(Read(first + core * share, share)));
        }
        return share * (double)cores;
    }

    public void Dispose() => _tensor.Dispose();

    private static ulong Read(byte* start, long length)
    {
        var (a, b, c, d) = (Vector512<ulong>.Zero, Vector512<ulong>.Zero, Vector512<ulong>.Zero, Vector512<ulong>.Zero);
        for (var at = start; at < start + length; at += 256)
        {
            a |= Vector512.Load((ulong*)at);
            b |= Vector512.Load((ulong*)(at + 64));
            c |= Vector512.Load((ulong*)(at + 128));
            d |= Vector512.Load((ulong*)(at + 192));
        }
        return Vector512.Sum(a | b | c | d);
    }
}
