using System.Diagnostics;
using SmolLM3.Inference;

namespace SmolLM3.Benchmarks.Measurements;

/// <summary>
/// How a step of decoding grows with the tokens that it looks back on: beyond what a step costs without any, in proportion. On a small
/// shape, for what is measured is attention, of one layer with one KV head.
/// </summary>
internal static class ContextMeasurement
{
    private const int Steps = 50;
    private const int Stretches = 5;

    private static readonly ModelConfig Shape = ModelShapes.Get("tiny") with
    {
        HiddenSize = 64, AttentionHeads = 2, KeyValueHeads = 1, HeadSize = 32, Layers = 1, RopeLayers = [true],
        MaxPositionEmbeddings = 1 << 18,
    };

    public static async Task RunAsync()
    {
        // One thread: others would spin between the steps, and their turning counts as CPU time.
        torch.set_num_threads(1);
        int[] lengths = [16, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 128 << 10];
        await using InferenceEngine engine = await InferenceEngine.LoadAsync(new RandomCheckpoint(Shape, 1), new EngineOptions
        {
            Device = "cpu", ComputeType = ComputeType.BFloat16, SpeculativeTokens = 0, PrefixSharing = false, KvCacheBytes = 100 << 20,
        });
        var random = new Random(1);
        await DecodeAsync(engine, new int[2_000]);
        var steps = new List<(double Wall, double Cpu)>();
        foreach (int length in lengths)
            steps.Add(await DecodeAsync(engine, [.. Enumerable.Range(0, length).Select(_ => random.Next(Shape.VocabularySize))]));

        Console.WriteLine("| tokens before | wall ms a step | CPU ms a step | beyond the empty step, CPU ms | µs for 1,000 tokens |");
        Console.WriteLine("| ---: | ---: | ---: | ---: | ---: |");
        double empty = steps[0].Cpu;
        for (int i = 0; i < lengths.Length; i++)
        {
            double cpu = steps[i].Cpu;
            string share = i == 0 ? "" : $"{(cpu - empty) / lengths[i] * 1e6:f0}";
            Console.WriteLine($"| {lengths[i]:N0} | {steps[i].Wall:f3} | {cpu:f3} | {cpu - empty:f3} | {share} |");
        }
    }

    // The best of some stretches of steps, from the first token on, so that the prompt is not counted. Steps are counted by the engine, for
    // who reads the updates may be late.
    private static async Task<(double Wall, double Cpu)> DecodeAsync(InferenceEngine engine, int[] prompt)
    {
        var marks = new List<(long Wall, double Cpu, long Steps)>();
        await foreach (GenerationUpdate update in engine.StreamAsync(
            new GenerationRequest { Prompt = prompt, MaxTokens = Stretches * Steps + 1, StopIds = [] }))
        {
            long done = engine.Statistics.Steps;
            if (marks.Count == 0 || done - marks[^1].Steps >= Steps)
                marks.Add((Stopwatch.GetTimestamp(), CpuClock.ProcessMilliseconds(), done));
        }

        var stretches = marks.Zip(marks.Skip(1), (from, to) => (
            Steps: to.Steps - from.Steps, Wall: Stopwatch.GetElapsedTime(from.Wall, to.Wall), Cpu: to.Cpu - from.Cpu)).ToList();
        return (stretches.Min(s => s.Wall.TotalMilliseconds / s.Steps), stretches.Min(s => s.Cpu / s.Steps));
    }
}
