using SmolLM3.Inference.KvCache;
using SmolLM3.Inference.Model;
using SmolLM3.Inference.Model.Fused;
using SmolLM3.Inference.Tests.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Tests.Model.Fused;

/// <summary>Rows over one slab, over slabs that many share and over slabs of their own, in one step.</summary>
public sealed class RaggedAttentionTests
{
    private const int Tokens = 400;

    private static readonly ModelConfig Config = TestEngine.SmallConfig with { Layers = 1 };

    /// <summary>
    /// What is shared is read again by each row where that is little, and once for all where it is much: the same comes of both.
    /// </summary>
    [Theory]
    [InlineData(ScalarType.Float32, 1 << 17, 1e-5)]
    [InlineData(ScalarType.Float32, 0, 1e-5)]
    [InlineData(ScalarType.Float32, 300, 1e-5)]
    [InlineData(ScalarType.BFloat16, 1 << 17, 0.03)]
    [InlineData(ScalarType.BFloat16, 0, 0.03)]
    [InlineData(ScalarType.Float16, 1 << 17, 0.004)]
    [InlineData(ScalarType.Float16, 0, 0.004)]
    public void Attend_ChainsOfEveryKind_SeeAllTheirKeys(ScalarType type, long mostReadAgain, double tolerance)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        manual_seed(4);
        using var pool = new KvPool(new KvArena(Config, type, CPU, Tokens), Tokens);
        var (first, second) = (Filled(pool, 50), Filled(pool, 30));
        KvChain[] chains =
        [
            Chain(pool, 9), Chain(pool, 4, first, second), Chain(pool, 0), Chain(pool, 17, first), Chain(pool, 1, first, second),
            Chain(pool, 60), Chain(pool, 3, first), Chain(pool, 2, second), Chain(pool, 5, first, second),
        ];
        int[] rows = [1, 3, 12, 2, 1, 8, 1, 1, 2];
        var runs = Runs(chains, rows);
        foreach (var slab in (KvSlab[])[first, second, .. chains.Select(chain => chain.Tail!)])
        {
            slab.Keys(0).copy_(randn(slab.Keys(0).shape));
            slab.Values(0).copy_(randn(slab.Values(0).shape));
        }

        var heads = new HeadLayout(Config);
        var integers = new DeviceIntegers();
        var plan = new RaggedPlan(runs, heads, integers, mostReadAgain);
        integers.Send(CPU);
        plan.OnDevice();
        var queries = randn(rows.Sum(), heads.Queries, heads.Size).to(type);
        var attended = new RaggedAttention(new PlainKernels(), heads).Attend(0, queries, plan);

        Assert.Equal(mostReadAgain < 1000, plan.Shared.Count > 0);
        Assert.Equal(type, attended.dtype);
        foreach (var run in runs)
            for (var i = 0; i < run.Rows; i++)
            {
                var expected = Expected(run, i, queries[run.FirstRow + i], heads);
                var error = attended[run.FirstRow + i].to(ScalarType.Float32).sub(expected).abs().max().item<float>();
                Assert.True(error <= tolerance, $"row {i} of a run of {run.Rows} is off by {error}");
            }
    }

    [Fact]
    public void RaggedPlan_ArenasOfTwo_Throws()
    {
        using var one = new KvPool(new KvArena(Config, ScalarType.Float32, CPU, 50), 50);
        using var other = new KvPool(new KvArena(Config, ScalarType.Float32, CPU, 50), 50);
        var runs = Runs([Chain(one, 3), Chain(other, 3)], [1, 1]);
        Assert.Throws<ArgumentException>(() => new RaggedPlan(runs, new HeadLayout(Config), new DeviceIntegers()));
    }

    private static StepRun[] Runs(KvChain[] chains, int[] rows)
    {
        var runs = new StepRun[chains.Length];
        var row = 0;
        foreach (var i in RaggedPlan.Order([.. chains.Zip(rows)]))
        {
            runs[i] = new(chains[i], new int[rows[i]], row, RopeKind: 0, Logits: 0);
            row += rows[i];
        }
        return runs;
    }

    private static KvSlab Filled(KvPool pool, int tokens)
    {
        var slab = pool.Allocate(tokens, shareable: true);
        slab.Length = tokens;
        return slab;
    }

    private static KvChain Chain(KvPool pool, int past, params KvSlab[] shared)
    {
        var chain = new KvChain();
        foreach (var slab in shared)
            chain.Borrow(new(slab, slab.Length));
        chain.StartTail(pool.Allocate(past + 13));
        chain.Tail!.Length = past;
        return chain;
    }

    private static Tensor Expected(StepRun run, int row, Tensor query, HeadLayout heads)
    {
        var tail = new KvSegment(run.Chain.Tail!, run.Chain.Tail!.Length + row + 1);
        var segments = run.Chain.Shared.Append(tail).ToList();
        Tensor All(Func<KvSlab, Tensor> of) => cat(
            [.. segments.Select(segment => of(segment.Slab).narrow(1, 0, segment.Length).to(ScalarType.Float32))], 1)
            .repeat_interleave(heads.Group, 0);

        var scores = All(slab => slab.Keys(0)).matmul(query.to(ScalarType.Float32).unsqueeze(2)).mul(heads.Scale);
        return scores.softmax(1).transpose(1, 2).matmul(All(slab => slab.Values(0))).view(heads.Width);
    }
}
