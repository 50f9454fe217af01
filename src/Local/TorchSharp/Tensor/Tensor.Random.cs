using TorchSharp.Random;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor uniform_(double from, double to, Generator? generator = null)
        {
            CheckFloating("uniform_");
            return FillBy(generator, _dtype == ScalarType.Float64
                ? twister => twister.NextDouble() * (to - from) + from
                : twister => (float)(twister.NextSingle() * (float)(to - from) + (float)from));
        }

        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null)
        {
            CheckFloating("normal_");
            if (_dtype == ScalarType.Float32 && NumberOfElements >= 16 && is_contiguous())
            {
                lock (generator ?? Generator.Default) FillNormalBlocks((generator ?? Generator.Default).Twister, (float)mean, (float)std);
                return this;
            }

            return FillBy(generator, twister => twister.NextNormal() * std + mean);
        }

        public Tensor random_(double from, double to, Generator? generator = null)
        {
            var range = (ulong)((long)to - (long)from);
            return FillBy(generator, twister => (long)from + (long)((range >= 1UL << 32 ? twister.Next64() : twister.Next32()) % range));
        }

        public Tensor exponential_(double lambda = 1.0, Generator? generator = null)
        {
            CheckFloating("exponential_");
            return FillBy(generator, twister => -Math.Log(1 - twister.NextDouble()) / lambda);
        }

        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.rand(_shape, dtype ?? _dtype, device, requires_grad);

        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            torch.randn(_shape, dtype ?? _dtype, device, requires_grad);

        private void CheckFloating(string what)
        {
            if (!torch.is_floating_point(_dtype)) throw Error($"\"{what}\" not implemented for '{_dtype}'");
        }

        private unsafe Tensor FillBy(Generator? generator, Func<MersenneTwister, double> draw)
        {
            var source = generator ?? Generator.Default;
            using var reals = Create(_shape, ScalarType.Float64);
            var at = (double*)reals.Pointer;
            lock (source)
            {
                var twister = source.Twister;
                for (long i = 0; i < NumberOfElements; i++) at[i] = draw(twister);
            }

            return copy_(reals);
        }

        // PyTorch's way for dense tensors: sixteen uniforms make eight pairs, and the last block overlaps the one before.
        private unsafe void FillNormalBlocks(MersenneTwister twister, float mean, float std)
        {
            var at = (float*)Pointer;
            for (long i = 0; i < NumberOfElements; i++) at[i] = twister.NextSingle();
            long block = 0;
            for (; block <= NumberOfElements - 16; block += 16) ToNormal(at + block, mean, std);
            if (block == NumberOfElements) return;
            at += NumberOfElements - 16;
            for (var i = 0; i < 16; i++) at[i] = twister.NextSingle();
            ToNormal(at, mean, std);
        }

        private static unsafe void ToNormal(float* block, float mean, float std)
        {
            for (var j = 0; j < 8; j++)
            {
                var radius = MathF.Sqrt(-2 * MathF.Log(1 - block[j]));
                var theta = 2 * MathF.PI * block[j + 8];
                block[j] = radius * MathF.Cos(theta) * std + mean;
                block[j + 8] = radius * MathF.Sin(theta) * std + mean;
            }
        }
    }
}
