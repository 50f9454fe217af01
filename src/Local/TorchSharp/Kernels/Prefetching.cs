using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace TorchSharp.Kernels;

/// <summary>
/// Hints about memory needed soon. Rows that lie apart look like many short streams, which the hardware's own
/// prefetchers follow badly. A hint may point anywhere: an address that is not mapped is ignored.
/// </summary>
internal static unsafe class Prefetching
{
    private const int Line = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void At(byte* address)
    {
        if (Sse.IsSupported) Sse.Prefetch1(address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Row(byte* address, long bytes)
    {
        for (long at = 0; at < bytes; at += Line) At(address + at);
    }
}
