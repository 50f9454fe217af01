using System.Runtime.InteropServices;

namespace TorchSharp.Memory;

/// <summary>
/// One block of native memory that several tensors may view. Counted references release it at once; the finalizer is the
/// safety net for tensors that nobody disposed.
/// </summary>
internal sealed unsafe class NativeStorage
{
    public const int Alignment = 64;

    private int _references;

    private NativeStorage(long capacity)
    {
        Capacity = capacity;
        var (size, alignment) = ((nuint)Math.Max(capacity, Alignment), (nuint)HugePages.AlignmentFor(capacity));
        try
        {
            Pointer = (byte*)NativeMemory.AlignedAlloc(size, alignment);
        }
        catch (OutOfMemoryException)
        {
            // What is kept for reuse may be what is missing.
            CachingAllocator.Trim();
            Pointer = (byte*)NativeMemory.AlignedAlloc(size, alignment);
        }

        HugePages.Advise(Pointer, capacity);
    }

    public byte* Pointer { get; private set; }

    /// <summary>Bytes of the block, which may exceed what its present tenant asked for.</summary>
    public long Capacity { get; }

    /// <summary>Bytes that the present tenant asked for.</summary>
    public long Size { get; private set; }

    public static NativeStorage Allocate(long bytes)
    {
        var storage = CachingAllocator.Rent(bytes);
        storage.Size = bytes;
        storage._references = 1;
        return storage;
    }

    public NativeStorage AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0) CachingAllocator.Return(this);
    }

    internal static NativeStorage Create(long capacity) => new(capacity);

    internal void Free()
    {
        if (Pointer == null) return;
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        GC.SuppressFinalize(this);
    }

    // Reached only when every tensor over the block was dropped undisposed: those tensors die with it.
    ~NativeStorage()
    {
        if (Pointer == null) return;
        CachingAllocator.Abandoned(this);
        torch.Tensor.ForgetUndisposed(_references);
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
