using TorchSharp.Threading;

namespace Local.TorchSharp.Tests.Threading;

public sealed class WorkerPoolTests
{
    [Fact]
    public unsafe void For_OverAnyRange_VisitsEveryIndexOnce()
    {
        foreach (var (count, grain) in new[] { (0L, 1L), (1, 1), (7, 1), (1000, 1), (1000, 300), (1000, 5000) })
        {
            var visits = new int[count];
            fixed (int* at = visits)
            {
                var body = new CountBody { Visits = at };
                WorkerPool.For(count, grain, ref body);
            }

            Assert.All(visits, visit => Assert.Equal(1, visit));
        }
    }

    [Fact]
    public void For_WhoseBodyThrows_ThrowsItAndGoesOnWorking()
    {
        using var scope = NewDisposeScope();
        var numbers = ones(100_000, dtype: ScalarType.Int64);
        var divisors = ones(100_000, dtype: ScalarType.Int64);
        divisors[70_000] = tensor(0L);
        for (var i = 0; i < 20; i++)
        {
            Assert.Throws<DivideByZeroException>(() => numbers.div(divisors, RoundingMode.floor));
            Assert.Equal(200_000, (numbers + numbers).sum().item<long>());
        }
    }

    [Fact]
    public void For_InsideAJob_RunsInline()
    {
        var body = new NestedBody();
        WorkerPool.For(8, 1, ref body);
        Assert.Equal(0, NestedBody.Misplaced);
    }

    [Fact]
    public void Threads_BelowOne_AreRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => set_num_threads(0));

    private unsafe struct CountBody : IRangeBody
    {
        public int* Visits;

        public readonly void Run(long begin, long end)
        {
            for (var i = begin; i < end; i++) Interlocked.Increment(ref Visits[i]);
        }
    }

    private struct NestedBody : IRangeBody
    {
        public static int Misplaced;

        public readonly void Run(long begin, long end)
        {
            var inner = new InnerBody { Thread = Environment.CurrentManagedThreadId };
            WorkerPool.For(1000, 1, ref inner);
        }
    }

    private struct InnerBody : IRangeBody
    {
        public int Thread;

        public readonly void Run(long begin, long end)
        {
            if (Environment.CurrentManagedThreadId != Thread) Interlocked.Increment(ref NestedBody.Misplaced);
        }
    }
}
