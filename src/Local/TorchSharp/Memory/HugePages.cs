using System.Runtime.InteropServices;

namespace TorchSharp.Memory;

/// <summary>
/// Asks Linux to back large blocks with 2 MB pages: weights are streamed row by row, and with 4 KB pages the address
/// translation alone costs a good part of the memory bandwidth.
/// </summary>
internal static unsafe partial class HugePages
{
    public const int PageSize = 2 << 20;

    private const int AdviseHugePages = 14;

    public static int AlignmentFor(long bytes) => bytes >= 2 * PageSize && OperatingSystem.IsLinux() ? PageSize : NativeStorage.Alignment;

    /// <summary>Advice only: where it is refused, ordinary pages serve.</summary>
    public static void Advise(byte* start, long bytes)
    {
        if (AlignmentFor(bytes) == PageSize) _ = Advise((void*)start, (nuint)bytes, AdviseHugePages);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
