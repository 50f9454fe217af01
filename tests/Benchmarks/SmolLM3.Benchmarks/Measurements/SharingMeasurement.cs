using System.Diagnostics;
using SmolLM3.Inference;

namespace SmolLM3.Benchmarks.Measurements;

/// <summary>Eight questions about one long document against the prefill of one of them. The goal: less than 1.5 times.</summary>
internal static class SharingMeasurement
{
    private const int Document = 32_768;
    private const int Question = 40;
    private const int Answer = 32;
    private const int Questions = 8;
    private const int Rounds = 2;

    public static async Task RunAsync(string shape, string type, int layers)
    {
        // Of a few layers, for all are alike.
        ModelConfig config = ModelShapes.Get(shape) with { MaxPositionEmbeddings = 65_536, Layers = layers, RopeLayers = [.. Enumerable.Repeat(true, layers)] };
        await using InferenceEngine engine = await InferenceEngine.LoadAsync(new RandomCheckpoint(config, 1), new EngineOptions
        {
            Device = "cpu", ComputeType = Enum.Parse<ComputeType>(type, ignoreCase: true), SpeculativeTokens = 0, KvCacheBytes = 3L << 30,
        });
        var random = new Random(1);
        await engine.GenerateAsync(Request([.. Enumerable.Range(0, 3_000).Select(_ => random.Next(config.VocabularySize))], Answer));
        int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(config.VocabularySize))];
        var (one, eight) = (new List<(double Wall, double Cpu)>(), new List<(double Wall, double Cpu)>());
        for (int round = 0; round < Rounds; round++)
        {
            // Other documents in every round, so that nothing is in the cache already.
            int[] first = Tokens(Document);
            int[] second = Tokens(Document);
            var prefill = await TimeAsync(() => engine.GenerateAsync(Request([.. first, .. Tokens(Question)], 1, Document)));
            long cached = engine.Statistics.CachedTokens;
            var questions = await TimeAsync(() => Task.WhenAll(Enumerable.Range(0, Questions).Select(
                _ => engine.GenerateAsync(Request([.. second, .. Tokens(Question)], Answer, Document)))));
            if (engine.Statistics.CachedTokens - cached != (Questions - 1) * Document)
                throw new InvalidOperationException(
                    $"{engine.Statistics.CachedTokens - cached} tokens came from the cache, not {(Questions - 1) * Document}.");
            one.Add(prefill);
            eight.Add(questions);
        }

        Console.WriteLine("| shape | layers | type | one prefill, wall s | CPU s | 8 questions with 32-token answers, wall s | CPU s | times, wall | times, CPU |");
        Console.WriteLine("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        var (oneWall, oneCpu, eightWall, eightCpu) = (
            one.Min(t => t.Wall), one.Min(t => t.Cpu), eight.Min(t => t.Wall), eight.Min(t => t.Cpu));
        Console.WriteLine($"| {shape} | {layers} | {type} | {oneWall:f1} | {oneCpu:f1} | {eightWall:f1} | {eightCpu:f1} | {eightWall / oneWall:f2} | {eightCpu / oneCpu:f2} |");
    }

    private static GenerationRequest Request(int[] prompt, int tokens, params int[] breakpoints) =>
        new() { Prompt = prompt, MaxTokens = tokens, StopIds = [], CacheBreakpoints = breakpoints };

    private static async Task<(double Wall, double Cpu)> TimeAsync(Func<Task> action)
    {
        GC.Collect();
        var (wall, cpu) = (Stopwatch.GetTimestamp(), CpuClock.ProcessMilliseconds());
        await action();
        return (Stopwatch.GetElapsedTime(wall).TotalSeconds, (CpuClock.ProcessMilliseconds() - cpu) / 1e3);
    }
}
