using static TorchSharp.torch.nn.functional;

namespace SmolLM3.Benchmarks.Measurements;

/// <summary>
/// Attention of one layer as the engine calls it, by what it computes per second of CPU time: to compare two builds, run them in turn.
/// </summary>
internal static class AttentionMeasurement
{
    private const int Repetitions = 9;

    private static readonly (string Name, ScalarType Type, long KeyHeads, long Group, long Size)[] Layers =
    [
        ("demo, float32", ScalarType.Float32, 2, 4, 32),
        ("demo, bfloat16", ScalarType.BFloat16, 2, 4, 32),
        ("smollm3-3b, bfloat16", ScalarType.BFloat16, 4, 4, 128),
    ];

    public static void Run()
    {
        Console.WriteLine("| layer | what | CPU ms | GFLOP per CPU second |");
        Console.WriteLine("| --- | --- | ---: | ---: |");
        foreach (var (name, type, keyHeads, group, size) in Layers)
        {
            foreach (var (rows, keys) in ((long, long)[])[(1024, 1024), (1024, 8192), (1, 8192)])
            {
                using var scope = NewDisposeScope();
                Tensor k = randn([keyHeads, keys, size]).to(type), v = randn([keyHeads, keys, size]).to(type);
                Tensor q = randn([keyHeads, group, rows, size]).to(type);
                Tensor? mask = rows > 1 && keys > rows ? ones([rows, keys], dtype: ScalarType.Bool).tril(keys - rows) : null;
                long[] shape = [keyHeads, group, keys, size];
                var times = Enumerable.Range(0, Repetitions).Select(_ => Time(() => (rows == 1
                    ? scaled_dot_product_attention(q.view(1, keyHeads, group, size), k.unsqueeze(0), v.unsqueeze(0))
                    : scaled_dot_product_attention(
                        q, k.unsqueeze(1).expand(shape), v.unsqueeze(1).expand(shape), attn_mask: mask,
                        is_casual: mask is null)).Dispose()));
                double best = times.Skip(2).Min();
                double pairs = rows == 1 ? keys : rows * (keys - rows) + rows * (rows + 1) / 2.0;
                string what = rows == 1 ? "one token" : mask is null ? "a prompt's first chunk" : "a later chunk";
                Console.WriteLine(
                    $"| {name} | {what}, {rows} × {keys} | {best:f2} | {4 * keyHeads * group * size * pairs / best / 1e6:f1} |");
            }
        }
    }

    private static double Time(Action action)
    {
        int times = 0;
        double start = CpuClock.ProcessMilliseconds();
        do
        {
            action();
            times++;
        }
        while (CpuClock.ProcessMilliseconds() - start < 60);
        return (CpuClock.ProcessMilliseconds() - start) / times;
    }
}
