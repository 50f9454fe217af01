using BenchmarkDotNet.Running;
using SmolLM3.Benchmarks.Measurements;

if (Measurement.TryRun(args))
    return;
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
