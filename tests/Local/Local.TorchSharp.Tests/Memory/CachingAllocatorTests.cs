using TorchSharp.Memory;

namespace Local.TorchSharp.Tests.Memory;

public sealed class CachingAllocatorTests
{
    [Fact]
    public void ClassOf_AnySize_HoldsItWithAtMostAQuarterOfWaste()
    {
        var before = -1;
        for (long bytes = 0; bytes < 20_000; bytes++) Check(bytes);
        for (long bytes = 20_000; bytes < 64 << 20; bytes += 9_973) Check(bytes);

        void Check(long bytes)
        {
            var index = CachingAllocator.ClassOf(bytes, out var capacity);
            Assert.True(capacity >= bytes && capacity <= Math.Max(64, bytes + bytes / 4 + 1), $"{bytes} bytes got {capacity}");
            Assert.True(index >= before, "classes grow with sizes");
            Assert.Equal(index, CachingAllocator.ClassOf(capacity, out var again));
            Assert.Equal(capacity, again);
            before = index;
        }
    }

    [Fact]
    public unsafe void Allocate_EveryBlock_IsAligned()
    {
        foreach (var size in new long[] { 0, 1, 65, 1000, 1 << 20, 5 << 20, 70 << 20 })
        {
            var storage = NativeStorage.Allocate(size);
            Assert.Equal(0, (long)storage.Pointer % NativeStorage.Alignment);
            Assert.Equal(size, storage.Size);
            Assert.True(storage.Capacity >= size);
            storage.Release();
        }
    }

    [Fact]
    public void Release_OfTheLastReference_AloneGivesTheBlockBack()
    {
        var tensor = zeros(1000);
        var view = tensor.narrow(0, 10, 5);
        tensor.Dispose();
        view.fill_(7);
        Assert.Equal(35f, view.sum().item<float>());
        view.Dispose();
        Assert.True(view.IsInvalid);
    }

    [Fact]
    public void Release_ThenAllocate_ReusesTheBlock()
    {
        // A size that no other test uses.
        const long size = 1_234_567;
        var first = NativeStorage.Allocate(size);
        first.Release();
        var second = NativeStorage.Allocate(size - 1);
        Assert.Same(first, second);
        second.Release();
    }

    [Fact]
    public unsafe void Storage_OfMoreThanTwoGigaElements_IsReachedEverywhere()
    {
        // Memory that is never touched costs address space only: the system's pages come with the first write.
        const long count = (1L << 31) + 1000;
        using var scope = NewDisposeScope();
        var bytes = empty(count, dtype: ScalarType.Byte);
        bytes[count - 1] = tensor((byte)9);
        bytes.narrow(0, count - 5, 3).fill_(2);
        Assert.Equal([2, 2, 2], bytes.narrow(0, count - 5, 3).data<byte>().ToArray());
        Assert.Equal(9, bytes[count - 1].item<byte>());
        Assert.Equal(9, *(bytes.Pointer + count - 1));
        Assert.Throws<ArgumentException>(() => bytes.bytes.Length);
    }
}
