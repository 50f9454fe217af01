using SmolLM3.Inference.Benchmarking;

namespace SmolLM3.Inference.Tests.Benchmarking;

public sealed class DecodeMeterTests
{
    [Fact]
    public void AfterStep_OnlyStepsInWhichAllDecode_AreTimed()
    {
        var clock = new Clock();
        var meter = new DecodeMeter(batch: 2, memory: null, clock);
        meter.Start(new() { GeneratedTokens = 10 });
        void Step(int seconds, long generated)
        {
            clock.Seconds += seconds;
            meter.AfterStep(new() { GeneratedTokens = generated });
        }

        Step(100, 10); // a chunk of prefill
        Step(100, 11); // one sequence has its first token
        Step(100, 13); // and the other, while the first one goes on
        Step(2, 15);
        Step(3, 17);
        Step(50, 18); // one has come to its end

        Assert.Equal(2, meter.Steps);
        Assert.Equal(5, meter.Seconds, 1e-9);
        Assert.Null(meter.ReadBytesPerSecond);
    }

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
