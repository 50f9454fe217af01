namespace SmolLM3.Inference.Sampling;

/// <summary>
/// A random stream without state: the number at a place depends on seed and place alone, so that batching, speculation and preemption
/// cannot shift it. SplitMix64 over the two.
/// </summary>
internal static class SamplingRandom
{
    /// <summary>Uniform in [0, 1).</summary>
    public static double Uniform(ulong seed, long place) => (Mix(Mix(seed) + (ulong)place) >> 11) * (1.0 / (1UL << 53));

    /// <summary>SplitMix64's output function after one step of its counter.</summary>
    public static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
