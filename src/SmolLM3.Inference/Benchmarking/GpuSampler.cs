namespace SmolLM3.Inference.Benchmarking;

/// <summary>Reads a GPU's load and memory at intervals until it is stopped.</summary>
internal sealed class GpuSampler : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly GpuProbe? _probe;
    private readonly PeriodicTimer _timer;
    private readonly Task _reading;
    private double _busy;
    private int _samples;

    public GpuSampler(GpuProbe? probe, TimeProvider time)
    {
        _probe = probe;
        _timer = new(Interval, time);
        _reading = probe is null ? Task.CompletedTask : Task.Run(ReadAsync);
    }

    /// <summary>Mean share of time in which a kernel ran; null where nobody could say.</summary>
    public double? BusyShare => _samples > 0 ? _busy / _samples : null;

    /// <summary>Most device memory in use at a reading; null where nobody could say.</summary>
    public long? PeakMemory { get; private set; }

    private async Task ReadAsync()
    {
        do
        {
            PeakMemory = Math.Max(PeakMemory ?? 0, _probe!.MemoryUsed);
            if (_probe.BusyShare is not { } busy)
                continue;
            _busy += busy;
            _samples++;
        }
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false));
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _reading.ConfigureAwait(false);
    }
}
