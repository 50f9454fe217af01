using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>What a device can do at most: the figures that a model's speed is a share of.</summary>
/// <param name="ReadBytesPerSecond">Memory read by all cores at once; on a GPU, what a device-to-device copy reads and writes.</param>
/// <param name="FlopsPerSecond">Multiply-adds in float32 registers on all cores, two operations each; on a GPU, a large product in
/// bfloat16.</param>
public sealed record MachineCeilings(double ReadBytesPerSecond, double FlopsPerSecond)
{
    private const int Repeats = 5;

    /// <summary>Measures a device: the best of a few short runs of each.</summary>
    public static MachineCeilings Measure(Device device, TimeProvider time)
        => device.type == DeviceType.CPU
            ? new(ReadBandwidth(time), Best(time, MultiplyAdd))
            : new(Best(time, () => CopyOnDevice(device)), Best(time, () => MultiplyOnDevice(device)));

    internal MachineCeilings BestOf(MachineCeilings other)
        => new(Math.Max(ReadBytesPerSecond, other.ReadBytesPerSecond), Math.Max(FlopsPerSecond, other.FlopsPerSecond));

    private static double Best(TimeProvider time, Func<double> run)
    {
        run();
        var best = 0.0;
        for (var i = 0; i < Repeats; i++)
        {
            var start = time.GetTimestamp();
            var amount = run();
            best = Math.Max(best, amount / time.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    private static double ReadBandwidth(TimeProvider time)
    {
        using var probe = new MemoryProbe(time);
        var best = 0.0;
        for (var i = 0; i < Repeats; i++)
        {
            probe.Reset();
            while (probe.BytesPerSecond is null)
                probe.ReadPart();
            best = Math.Max(best, probe.BytesPerSecond.Value);
        }
        return best;
    }

    /// <summary>A dozen independent chains hide the latency of a multiply-add; returns the operations done.</summary>
    private static double MultiplyAdd()
    {
        const int rounds = 4_000_000;
        Parallel.For(0, Environment.ProcessorCount, _ => Sink.Keep(FmaChains.Run(rounds)));
        return 2.0 * rounds * FmaChains.Count * FmaChains.Width * Environment.ProcessorCount;
    }

    private static double CopyOnDevice(Device device)
    {
        using var scope = NewDisposeScope();
        var source = zeros([256 << 20], dtype: ScalarType.BFloat16, device: device);
        var target = empty_like(source);
        for (var i = 0; i < 10; i++)
            target.copy_(source);
        _ = target[0].cpu();
        return 10.0 * 2 * source.ElementSize * source.NumberOfElements;
    }

    private static double MultiplyOnDevice(Device device)
    {
        const int size = 8192;
        using var scope = NewDisposeScope();
        var a = randn([size, size], dtype: ScalarType.BFloat16, device: device).mul_(1 / Math.Sqrt(size));
        var product = a.matmul(a);
        for (var i = 1; i < 10; i++)
            product = a.matmul(product);
        _ = product[0, 0].cpu();
        return 10.0 * 2 * size * size * size;
    }
}
