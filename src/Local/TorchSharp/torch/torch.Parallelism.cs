using TorchSharp.Threading;

namespace TorchSharp;

public static partial class torch
{
    private static int _interopThreads = 1;

    public static int get_num_threads() => WorkerPool.Threads;

    public static void set_num_threads(int num) => WorkerPool.Threads = num;

    public static int get_num_interop_threads() => _interopThreads;

    public static void set_num_interop_threads(int num)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(num, 1);
        _interopThreads = num;
    }
}
