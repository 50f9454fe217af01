using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>A buffer far larger than any cache, read by all cores at once. Native memory, so that it is gone when it is disposed of.</summary>
internal sealed unsafe class MemoryProbe : IDisposable
{
    private const long Length = 512L << 20;

    private readonly byte* _start = (byte*)NativeMemory.AlignedAlloc((nuint)Length, 64);

    public MemoryProbe()
    {
        for (long at = 0; at < Length; at += 1 << 30)
            new Span<byte>(_start + at, (int)Math.Min(1 << 30, Length - at)).Fill(1);
    }

    /// <summary>Reads all of it; returns the bytes read.</summary>
    public double Read()
    {
        var cores = Environment.ProcessorCount;
        var share = Length / cores / 256 * 256;
        Parallel.For(0, cores, core => Sink.Keep(Read(_start + core * share, share)));
        return share * (double)cores;
    }

    public void Dispose() => NativeMemory.AlignedFree(_start);

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
