using SmolLM3.Inference.Engine;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>
/// Times the steps in which every sequence of a batch decodes, and reads memory in between: on a shared machine the bandwidth moves by
/// half within seconds, so that a share of it means something only where both are taken in turn.
/// </summary>
internal sealed class DecodeMeter(int batch, MemoryProbe? memory, TimeProvider time) : IStepObserver
{
    /// <summary>Time of steps for each unit of time spent in reading memory.</summary>
    private const double StepsPerProbe = 6;

    private long _generated = -1;
    private long _lastEnd;
    private bool _decoding;
    private double _sinceProbe;
    private double _onePart;

    /// <summary>Steps timed.</summary>
    public int Steps { get; private set; }

    /// <summary>Their time in seconds.</summary>
    public double Seconds { get; private set; }

    /// <summary>Bytes a second that the probe read in between; null where there was no probe or no time for one.</summary>
    public double? ReadBytesPerSecond => memory?.BytesPerSecond;

    public void AfterStep(EngineStatistics statistics)
    {
        var now = time.GetTimestamp();
        var everyOne = _generated >= 0 && statistics.GeneratedTokens - _generated == batch;
        // The first step that brings every sequence a token ends a prefill.
        if (everyOne && _decoding)
        {
            var step = time.GetElapsedTime(_lastEnd, now).TotalSeconds;
            Seconds += step;
            _sinceProbe += step;
            Steps++;
            Probe();
        }
        _decoding = everyOne;
        _generated = statistics.GeneratedTokens;
        _lastEnd = time.GetTimestamp();
    }

    public void Start(EngineStatistics statistics)
    {
        memory?.Reset();
        _generated = statistics.GeneratedTokens;
        _lastEnd = time.GetTimestamp();
    }

    private void Probe()
    {
        if (memory is null || _sinceProbe < StepsPerProbe * _onePart)
            return;
        // A long step leaves time for several parts.
        for (var spent = 0.0; spent < _sinceProbe / StepsPerProbe; spent += _onePart)
            _onePart = memory.ReadPart();
        _sinceProbe = 0;
    }
}
