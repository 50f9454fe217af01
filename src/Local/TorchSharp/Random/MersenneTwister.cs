namespace TorchSharp.Random;

/// <summary>mt19937, seeded as PyTorch's CPU generator seeds it.</summary>
internal sealed class MersenneTwister
{
    private const int Length = 624;
    private const int Shift = 397;

    private readonly uint[] _state = new uint[Length];
    private int _next = Length;
    private double? _spareNormal;

    public MersenneTwister(long seed)
    {
        _state[0] = (uint)seed;
        for (var i = 1; i < Length; i++) _state[i] = 1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30)) + (uint)i;
    }

    public uint Next32()
    {
        if (_next == Length) Renew();
        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    public ulong Next64()
    {
        var high = (ulong)Next32();
        return (high << 32) | Next32();
    }

    /// <summary>Uniform over [0, 1) with 24 bits.</summary>
    public float NextSingle() => (Next32() & 0xFFFFFF) * (1f / (1 << 24));

    /// <summary>Uniform over [0, 1) with 53 bits.</summary>
    public double NextDouble() => (Next64() & ((1UL << 53) - 1)) * (1.0 / (1UL << 53));

    /// <summary>Standard normal by Box and Muller, which makes them in pairs.</summary>
    public double NextNormal()
    {
        if (_spareNormal is { } spare)
        {
            _spareNormal = null;
            return spare;
        }

        var u1 = NextDouble();
        var u2 = NextDouble();
        var radius = Math.Sqrt(-2 * Math.Log(1 - u2));
        var theta = 2 * Math.PI * u1;
        _spareNormal = radius * Math.Sin(theta);
        return radius * Math.Cos(theta);
    }

    private void Renew()
    {
        for (var i = 0; i < Length; i++)
        {
            var y = (_state[i] & 0x80000000u) | (_state[(i + 1) % Length] & 0x7fffffffu);
            _state[i] = _state[(i + Shift) % Length] ^ (y >> 1) ^ ((y & 1) * 0x9908b0dfu);
        }

        _next = 0;
    }
}
