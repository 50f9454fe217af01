namespace TorchSharp;

public static partial class torch
{
    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static long initial_seed() => random.initial_seed();

    public static class random
    {
        public static Generator manual_seed(long seed) => Generator.Default.manual_seed(seed);

        public static long initial_seed() => Generator.Default.initial_seed();
    }

    public static Tensor randint(
        long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null,
        string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randint(
        long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        empty(size, dtype ?? ScalarType.Int64, device, requires_grad, names).random_(low, high, generator);
}
