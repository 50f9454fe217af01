using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Work;

public class ComputeMeterTests
{
    [Fact]
    public void Shares_OfAnySchedule_AddUpToTheBusyTime()
    {
        var random = new Random(3);
        var time = new ManualTime();
        var meter = new ComputeMeter(time);
        var shares = Enumerable.Range(0, 5).Select(_ => meter.Open()).ToArray();
        var underWay = new int[shares.Length];
        var busy = 0.0;
        for (var step = 0; step < 2000; step++)
        {
            var i = random.Next(shares.Length);
            if (underWay[i] > 0 && random.Next(2) == 0)
            {
                shares[i].Leave();
                underWay[i]--;
            }
            else
            {
                shares[i].Enter();
                underWay[i]++;
            }
            var elapsed = TimeSpan.FromMilliseconds(random.Next(100));
            time.Advance(elapsed);
            busy += underWay.Any(count => count > 0) ? elapsed.TotalSeconds : 0;
        }
        Assert.Equal(busy, shares.Sum(share => share.Seconds), 6);
    }

    [Fact]
    public void Shares_OfTwoAtOnce_AreHalves()
    {
        var time = new ManualTime();
        var meter = new ComputeMeter(time);
        var (first, second) = (meter.Open(), meter.Open());
        first.Enter();
        time.Advance(TimeSpan.FromSeconds(10));
        second.Enter();
        second.Enter();
        time.Advance(TimeSpan.FromSeconds(10));
        first.Leave();
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((15.0, 15.0), (first.Seconds, second.Seconds));
    }
}
