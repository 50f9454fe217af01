using System.Numerics;

namespace TorchSharp.Memory;

/// <summary>
/// Keeps released blocks for the next tensor of about the same size, so that a step that repeats allocates nothing.
/// Blocks are rounded up to size classes (four to an octave); what is kept is bounded in bytes, and large blocks,
/// such as weights, go straight back to the system.
/// </summary>
internal static class CachingAllocator
{
    private const long SmallestClass = 64;
    private const long LargestCachedBlock = 64L << 20;
    private const long CacheLimit = 256L << 20;

    private static readonly Stack<NativeStorage>[] Classes = CreateClasses();
    private static long _cachedBytes;
    private static long _liveBytes;

    /// <summary>Bytes held by live tensors.</summary>
    public static long LiveBytes => Interlocked.Read(ref _liveBytes);

    /// <summary>Bytes kept for reuse.</summary>
    public static long CachedBytes => Interlocked.Read(ref _cachedBytes);

    public static NativeStorage Rent(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        NativeStorage? storage = null;
        var capacity = bytes;
        if (bytes <= LargestCachedBlock)
        {
            var index = ClassOf(bytes, out capacity);
            var stack = Classes[index];
            lock (stack)
            {
                if (stack.TryPop(out storage)) Interlocked.Add(ref _cachedBytes, -storage.Capacity);
            }
        }

        storage ??= NativeStorage.Create(capacity);
        Interlocked.Add(ref _liveBytes, storage.Capacity);
        return storage;
    }

    public static void Return(NativeStorage storage)
    {
        Interlocked.Add(ref _liveBytes, -storage.Capacity);
        if (storage.Capacity <= LargestCachedBlock && CachedBytes + storage.Capacity <= CacheLimit)
        {
            Interlocked.Add(ref _cachedBytes, storage.Capacity);
            var stack = Classes[ClassOf(storage.Capacity, out _)];
            lock (stack) stack.Push(storage);
        }
        else
        {
            storage.Free();
        }
    }

    internal static void Abandoned(NativeStorage storage) => Interlocked.Add(ref _liveBytes, -storage.Capacity);

    /// <summary>Gives every kept block back to the system.</summary>
    internal static void Trim()
    {
        foreach (var stack in Classes)
        {
            lock (stack)
            {
                while (stack.TryPop(out var storage))
                {
                    Interlocked.Add(ref _cachedBytes, -storage.Capacity);
                    storage.Free();
                }
            }
        }
    }

    internal static int ClassOf(long bytes, out long capacity)
    {
        if (bytes <= SmallestClass)
        {
            capacity = SmallestClass;
            return 0;
        }

        // Sizes (1 + q/4) * 2^e for q in 0..3, rounded up.
        var exponent = BitOperations.Log2((ulong)(bytes - 1));
        var quarter = 1L << (exponent - 2);
        var quarters = (bytes + quarter - 1) / quarter;
        capacity = quarters * quarter;
        return (exponent - 6) * 4 + (int)(quarters - 4);
    }

    private static Stack<NativeStorage>[] CreateClasses()
    {
        var classes = new Stack<NativeStorage>[ClassOf(LargestCachedBlock, out _) + 1];
        for (var i = 0; i < classes.Length; i++) classes[i] = new Stack<NativeStorage>();
        return classes;
    }
}
