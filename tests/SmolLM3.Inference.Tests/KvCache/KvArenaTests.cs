using SmolLM3.Inference.KvCache;
using SmolLM3.Inference.Tests.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Tests.KvCache;

public sealed class KvArenaTests
{
    private static readonly ModelConfig Config = TestEngine.SmallConfig with { Layers = 2 };

    /// <summary>Whatever comes, grows and goes, a slab's tokens stay its own, up to the last token of the budget.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void RandomUse_TokensStay(int seed)
    {
        const int Budget = 500;
        var random = new Random(seed);
        using var arena = new KvArena(Config, ScalarType.Float32, CPU, Budget);
        using var pool = new KvPool(arena, Budget);
        var slabs = new List<(KvSlab Slab, List<float> Tokens)>();
        var next = 1f;
        for (var step = 0; step < 2000; step++)
        {
            var free = (int)pool.Free;
            switch (random.Next(5))
            {
                case 0 when free > 0:
                    // Now and then all that is left, which is in pieces.
                    slabs.Add((pool.Allocate(random.Next(4) == 0 ? free : random.Next(1, Math.Min(free, 60) + 1)), []));
                    break;
                case 1 when slabs.Count > 0:
                    var gone = random.Next(slabs.Count);
                    pool.Release(slabs[gone].Slab);
                    slabs.RemoveAt(gone);
                    break;
                case 2 when slabs.Count > 0 && free > 0:
                    var grown = slabs[random.Next(slabs.Count)].Slab;
                    pool.Grow(grown, grown.Capacity + random.Next(1, free + 1));
                    break;
                default:
                    foreach (var (slab, tokens) in slabs.Where(each => each.Slab.Room > 0).Take(2))
                    {
                        Write(arena, slab, next);
                        tokens.Add(next++);
                    }
                    break;
            }
            foreach (var (slab, tokens) in slabs)
                AssertHolds(slab, tokens);
            AssertApart(slabs.ConvertAll(each => each.Slab), Budget);
        }
        Assert.True(arena.MovedTokens > 0);
    }

    [Fact]
    public void Append_PartOfAnother_CopiesJustThat()
    {
        using var arena = new KvArena(Config, ScalarType.Float32, CPU, 50);
        var (source, target) = (arena.Allocate(10, shareable: false), arena.Allocate(20, shareable: false));
        for (var token = 0; token < 10; token++)
            Write(arena, source, token);
        Write(arena, target, 70);
        target.Append(source, start: 3, count: 4);
        AssertHolds(target, [70, 3, 4, 5, 6]);
    }

    [Fact]
    public void Dispose_FreesEveryTensor()
    {
        using var scope = NewDisposeScope();
        var arena = new KvArena(Config, ScalarType.Float32, CPU, 100);
        var pool = new KvPool(arena, 100);
        var (first, second) = (pool.Allocate(10), pool.Allocate(20));
        pool.Grow(first, 40);
        pool.Release(first);
        pool.Release(second);
        var (keys, values) = (arena.Keys(0), arena.Values(1));
        pool.Dispose();
        Assert.True(keys.IsInvalid && values.IsInvalid);
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void Allocate_RoomInPieces_MovesTheFewestTokens()
    {
        using var arena = new KvArena(Config, ScalarType.Float32, CPU, 100);
        KvSlab[] slabs = [.. new[] { 10, 30, 10, 5, 10, 20 }.Select(size => arena.Allocate(size, shareable: false))];
        foreach (var slab in slabs)
            while (slab.Room > 0)
                Write(arena, slab, 1);
        // Free now: 0 to 10, 40 to 50, 55 to 65, 85 to 100.
        foreach (var slab in (KvSlab[])[slabs[0], slabs[2], slabs[4]])
            arena.Free(slab);
        var placed = arena.Allocate(18, shareable: false);
        Assert.Equal(5, arena.MovedTokens);
        Assert.InRange(placed.Start, 40, 47);
        arena.Free(placed);
        Assert.Equal(85, arena.Allocate(12, shareable: false).Start);
        Assert.Equal(5, arena.MovedTokens);
    }

    [Fact]
    public void Allocate_DeviceWithoutRoom_SaysWhatToDo()
    {
        var error = Assert.Throws<InvalidOperationException>(
            () => new KvArena(Config with { Layers = 4000, KeyValueHeads = 64, HeadSize = 128 }, ScalarType.Float32, CPU, int.MaxValue));
        Assert.Contains("lower KvCacheBytes", error.Message, StringComparison.Ordinal);
    }

    private static void Write(KvArena arena, KvSlab slab, float value)
    {
        for (var layer = 0; layer < Config.Layers; layer++)
        {
            arena.Keys(layer).narrow(0, slab.Start + slab.Length, 1).fill_(value + layer);
            arena.Values(layer).narrow(0, slab.Start + slab.Length, 1).fill_(-value - layer);
        }
        slab.Length++;
    }

    private static void AssertHolds(KvSlab slab, List<float> tokens)
    {
        for (var layer = 0; layer < Config.Layers; layer++)
        {
            Assert.Equal([Config.KeyValueHeads, slab.Capacity, Config.HeadSize], slab.Keys(layer).shape);
            var head = Config.KeyValueHeads - 1;
            Assert.Equal(tokens.Select(token => token + layer), slab.Keys(layer)[head, .., 0].narrow(0, 0, tokens.Count).clone().data<float>().ToArray());
            Assert.Equal(tokens.Select(token => -token - layer), slab.Values(layer)[0, .., 3].narrow(0, 0, tokens.Count).clone().data<float>().ToArray());
        }
    }

    private static void AssertApart(List<KvSlab> slabs, int budget)
    {
        var end = 0;
        foreach (var slab in slabs.OrderBy(slab => slab.Start))
        {
            Assert.True(slab.Start >= end);
            end = slab.Start + slab.Capacity;
        }
        Assert.True(end <= budget);
    }
}
