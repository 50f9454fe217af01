using SmolLM3.Inference.Benchmarking;
using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace SmolLM3.Measure;

/// <summary>What a figure needs beside it to mean something.</summary>
internal sealed record RunFacts(
    string Engine, string Commit, string Device, string? Driver, string TorchSharp, string Runtime, DateTimeOffset Time)
{
    /// <summary>Of this process and the device that it runs on.</summary>
    public static RunFacts Gather(string device)
    {
        using var gpu = GpuProbe.TryOpen(device);
        return new(
            "SmolLM3.Batch",
            Version(typeof(RunFacts).Assembly).Split('+').ElementAtOrDefault(1) ?? "unknown",
            gpu?.Name ?? (device != "cpu" ? "CUDA device without NVML" : $"CPU, {Environment.ProcessorCount} cores"),
            gpu?.DriverVersion,
            Version(typeof(torch).Assembly).Split('+')[0],
            RuntimeInformation.FrameworkDescription,
            TimeProvider.System.GetUtcNow());
    }

    private static string Version(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
