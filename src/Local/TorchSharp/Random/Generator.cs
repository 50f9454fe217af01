using TorchSharp.Random;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers: PyTorch's CPU generator, a Mersenne twister, so that seeds give the same tensors.</summary>
    public class Generator : IDisposable
    {
        private const long DefaultSeed = 67280421310721;

        private static readonly Generator Shared = new(new MersenneTwister(DefaultSeed), DefaultSeed);

        private long _seed;

        private Generator(MersenneTwister twister, long seed)
        {
            Twister = twister;
            _seed = seed;
        }

        public Generator(ulong seed = 0, Device? device = null) : this(new MersenneTwister((long)seed), (long)seed)
        {
            this.device = InitializeDevice(device);
        }

        public static Generator Default => Shared;

        public Device device { get; } = CPU;

        internal MersenneTwister Twister { get; private set; }

        public Generator manual_seed(long seed)
        {
            lock (this)
            {
                _seed = seed;
                Twister = new MersenneTwister(seed);
            }

            return this;
        }

        public long initial_seed() => _seed;

        /// <summary>Nothing to release here; the real library holds a native object.</summary>
        public void Dispose() => GC.SuppressFinalize(this);
    }
}
