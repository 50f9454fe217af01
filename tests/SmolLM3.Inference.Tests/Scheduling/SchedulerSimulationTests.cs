using SmolLM3.Inference.KvCache;
using SmolLM3.Inference.Scheduling;
using SmolLM3.Inference.Tests.Engine;
using TorchSharp;

namespace SmolLM3.Inference.Tests.Scheduling;

/// <summary>The scheduler over random arrivals, lengths, proposals, cancellations and budgets, with a model that only counts.</summary>
public sealed class SchedulerSimulationTests
{
    private const int MaxStepTokens = 48;
    private const int MaxSequences = 8;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Schedule_RandomLoad_KeepsItsInvariants(bool sharing)
    {
        for (var seed = 0; seed < 40; seed++)
            new Simulation(seed, sharing).Run();
    }

    private sealed class Simulation
    {
        private readonly Random _random;
        private readonly KvPool _pool;
        private readonly KvManager _kv;
        private readonly Scheduler _scheduler;
        private readonly List<Sequence> _alive = [];
        private readonly List<int[]> _documents;
        private readonly long _budget;

        public Simulation(int seed, bool sharing)
        {
            _random = new(seed);
            _budget = _random.Next(400, 1200);
            var config = TestEngine.SmallConfig with { Layers = 1 };
            _pool = new(
                seed % 2 == 0
                    ? new KvArena(config, torch.ScalarType.Float32, torch.CPU, (int)_budget)
                    : new SeparateSlabs(config, torch.ScalarType.Float32, torch.CPU), _budget);
            _kv = new(_pool, sharing);
            _scheduler = new(_kv, MaxSequences, MaxStepTokens, new RandomProposer(_random));
            _documents = [.. Enumerable.Range(0, 3).Select(_ => TestEngine.Tokens(_random, 380))];
        }

        public void Run()
        {
            for (var step = 0; step < 150 || _alive.Count > 0; step++)
            {
                Assert.True(step < 20_000, "a sequence starves");
                if (step < 150 && _random.Next(3) == 0)
                    Arrive();
                if (_alive.Count > 0 && _random.Next(20) == 0)
                    _alive[_random.Next(_alive.Count)].Cancel();
                foreach (var sequence in _scheduler.RemoveCancelled())
                    _alive.Remove(sequence);
                Step();
            }
            Assert.False(_scheduler.HasWork);
            _kv.Clear();
            Assert.Equal(0, _pool.Allocated);
            Assert.Equal(0, _pool.Held);
        }

        private void Arrive()
        {
            var start = _random.Next(2) == 0 ? _documents[_random.Next(3)].AsSpan(0, _random.Next(200, 380)) : [];
            int[] prompt = [.. start, .. TestEngine.Tokens(_random, _random.Next(1, 40))];
            int[] breakpoints = _random.Next(3) == 0 ? [] : [start.Length, _random.Next(1, prompt.Length + 1)];
            var sequence = new Sequence(prompt, _random.Next(1, (int)_budget - prompt.Length), ropeKind: _random.Next(2), breakpoints);
            _alive.Add(sequence);
            _scheduler.Add(sequence);
        }

        private void Step()
        {
            var runs = _scheduler.Schedule();
            Assert.Equal(_alive.Count == 0, runs.Count == 0);
            Assert.True(runs.Sum(run => run.Rows) <= MaxStepTokens);
            Assert.True(_scheduler.Running <= MaxSequences);
            Assert.True(_pool.Allocated <= _budget);
            Assert.Equal(runs.Count, runs.Select(run => run.Sequence).Distinct().Count());
            // The oldest that is not waiting for a prefix under way is always served.
            foreach (var run in runs)
                Compute(run);
        }

        private void Compute(ScheduledRun run)
        {
            var (sequence, chain) = (run.Sequence, run.Sequence.Chain!);
            Assert.Equal(SequenceStatus.Running, sequence.Status);
            Assert.InRange(run.Count, 1, sequence.Uncomputed);
            Assert.True(chain.Tail!.Room >= run.Rows);
            Assert.True(chain.Tail.References == 1 || chain.Tail.Length > 0);
            chain.Tail.Length += run.Rows;
            if (!run.ReachesEnd)
                return;
            var length = sequence.Tokens.Count;
            var right = _random.Next(run.Proposal.Length + 1);
            for (var i = 0; i <= right && sequence.Tokens.Count < sequence.MaxLength; i++)
                sequence.Append(_random.Next(160));
            _scheduler.Verified(run, length, Math.Min(right, sequence.Tokens.Count - length - 1));
            Assert.Equal(1, sequence.Uncomputed);
            if (sequence.Tokens.Count < sequence.MaxLength && _random.Next(60) != 0)
                return;
            _scheduler.Finish(sequence);
            _alive.Remove(sequence);
        }
    }

    private sealed class RandomProposer(Random random) : IProposer
    {
        public ReadOnlyMemory<int> Propose(Sequence sequence, int limit) => new int[random.Next(Math.Clamp(limit + 1, 1, 5))];

        public void Verified(Sequence sequence, int proposed, int accepted) => Assert.InRange(accepted, 0, proposed);
    }
}
