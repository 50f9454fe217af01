using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>
/// A tensor far larger than any cache, read by all cores at once. A tensor, so that the ceiling is that of the memory which weights lie in:
/// with another allocator's page size the same bytes come up to twice as slowly. Read in two ways, since either can be the faster one: as
/// the hardware prefetches, and with hints ahead, which win where the memory is shared with other machines and slow to answer.
/// </summary>
internal sealed unsafe class MemoryProbe : IDisposable
{
    private const long Length = 256L << 20;

    /// <summary>Bytes of a part: several times the largest cache of a core, a few milliseconds.</summary>
    private const long PartLength = 128L << 20;

    private const int WarmUpShare = 4;

    private const int HintDistance = 1024;

    private readonly Tensor _tensor = ones(Length / sizeof(long), dtype: ScalarType.Int64);
    private readonly Barrier _barrier = new(Environment.ProcessorCount);
    private readonly TimeProvider _time;
    private readonly double[] _bytes = new double[2];
    private readonly double[] _seconds = new double[2];
    private long _next;
    private int _way;
    private bool _stopping;

    public MemoryProbe(TimeProvider time)
    {
        _time = time;
        for (var core = 1; core < Environment.ProcessorCount; core++)
        {
            var own = core;
            new Thread(() => Serve(own)) { IsBackground = true, Name = $"memory probe {own}" }.Start();
        }
    }

    /// <summary>What the better of the two ways has read so far, in bytes a second; null before both have been tried.</summary>
    public double? BytesPerSecond =>
        _seconds.All(seconds => seconds > 0) ? Math.Max(_bytes[0] / _seconds[0], _bytes[1] / _seconds[1]) : null;

    public void Reset()
    {
        Array.Clear(_bytes);
        Array.Clear(_seconds);
    }

    /// <summary>Reads the next part, so that no cache holds what is read, each way in turn; returns the seconds that it took.</summary>
    public double ReadPart()
    {
        (_next, _way) = ((_next + PartLength) % Length, 1 - _way);
        _barrier.SignalAndWait();
        WarmUp(0);
        _barrier.SignalAndWait();
        var start = _time.GetTimestamp();
        Read(0);
        _barrier.SignalAndWait();
        var seconds = _time.GetElapsedTime(start).TotalSeconds;
        _bytes[_way] += Share * (double)Environment.ProcessorCount;
        _seconds[_way] += seconds;
        return seconds;
    }

    public void Dispose()
    {
        _stopping = true;
        _barrier.SignalAndWait();
        _tensor.Dispose();
    }

    private static long Share => PartLength / Environment.ProcessorCount / 256 * 256;

    private void Serve(int core)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_stopping)
                return;
            WarmUp(core);
            _barrier.SignalAndWait();
            Read(core);
            _barrier.SignalAndWait();
        }
    }

    /// <summary>Before the clock starts: until the threads of the step before have gone to sleep, they take a core's time.</summary>
    private void WarmUp(int core)
    {
        fixed (byte* start = _tensor.bytes)
            Sink.Keep(ReadPlain(start + (_next + PartLength) % Length + core * Share, Share / WarmUpShare));
    }

    private void Read(int core)
    {
        fixed (byte* start = _tensor.bytes)
        {
            var own = start + _next + core * Share;
            Sink.Keep(_way == 1 && Sse.IsSupported ? ReadHinted(own, Share) : ReadPlain(own, Share));
        }
    }

    private static ulong ReadPlain(byte* start, long length)
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

    /// <summary>A hint past the end of the tensor does nothing.</summary>
    private static ulong ReadHinted(byte* start, long length)
    {
        var (a, b) = (Vector512<ulong>.Zero, Vector512<ulong>.Zero);
        for (var at = start; at < start + length; at += 128)
        {
            Sse.Prefetch0(at + HintDistance);
            Sse.Prefetch0(at + HintDistance + 64);
            a |= Vector512.Load((ulong*)at);
            b |= Vector512.Load((ulong*)(at + 64));
        }
        return Vector512.Sum(a | b);
    }
}
