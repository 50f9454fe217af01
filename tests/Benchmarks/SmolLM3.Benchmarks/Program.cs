using BenchmarkDotNet.Running;
using SmolLM3.Benchmarks.Measurements;

if (await Measurement.TryRunAsync(args))
    return;
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
