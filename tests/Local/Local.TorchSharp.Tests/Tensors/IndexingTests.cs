namespace Local.TorchSharp.Tests.Tensors;

public sealed class IndexingTests
{
    [Fact]
    public void Index_ByPositionsSlicesAndNewAxes_IsAView()
    {
        using var scope = NewDisposeScope();
        var x = arange(24).view(2, 3, 4);
        Assert.Equal([12L, 13, 14, 15], x[1, 0].data<long>().ToArray());
        Assert.Equal(23, x[-1, -1, -1].ToInt64());
        Assert.Equal([1, 3, 2], x[TensorIndex.Slice(0, 1), TensorIndex.Ellipsis, TensorIndex.Slice(null, null, 2)].shape);
        Assert.Equal([2L, 6, 10], x[0, TensorIndex.Colon, 2].data<long>().ToArray());
        Assert.Equal([2, 1, 3, 4], x[TensorIndex.Colon, TensorIndex.None].shape);
        Assert.Equal([1L, 2], x[0, 0, 1..3].data<long>().ToArray());
        Assert.Equal([2L, 3], x[0, 0, 2..].data<long>().ToArray());
        x[0, TensorIndex.Colon, 0].fill_(-1);
        Assert.Equal([-1L, -1, -1], x[0, TensorIndex.Colon, 0].data<long>().ToArray());
    }

    [Fact]
    public void Index_ByTensors_Gathers()
    {
        using var scope = NewDisposeScope();
        var x = arange(12).view(4, 3);
        var rows = tensor(new long[] { 3, -4, 1 });
        Assert.Equal([9L, 10, 11, 0, 1, 2, 3, 4, 5], x[rows].data<long>().ToArray());
        Assert.Equal([11L, 1, 3], x[rows, tensor(new long[] { 2, 1, 0 })].data<long>().ToArray());
        Assert.Equal([7L, 8, 9, 10, 11], x[x > 6].data<long>().ToArray());
        Assert.ThrowsAny<Exception>(() => x[tensor(new long[] { 4 })]);
    }

    [Fact]
    public void IndexPut_WritesThrough()
    {
        using var scope = NewDisposeScope();
        var x = zeros(3, 3);
        x[1] = ones(3);
        x[TensorIndex.Colon, 2] = tensor(new float[] { 7, 8, 9 });
        x[x == 0] = tensor(-1f);
        x.index_put_(tensor(5f), TensorIndex.Single(0), TensorIndex.Single(0));
        Assert.Equal([5f, -1, 7, 1, 1, 8, -1, -1, 9], x.data<float>().ToArray());
    }

    [Fact]
    public void Index_OutOfRange_SaysWhere()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2, 3);
        Assert.Contains("out of range", Assert.ThrowsAny<Exception>(() => x[2]).Message);
        Assert.Contains("index 3 out of range", Assert.ThrowsAny<Exception>(() => x[0, 3]).Message);
        Assert.Contains("out of", Assert.ThrowsAny<Exception>(() => x.index_select(0, tensor(new long[] { 2 }))).Message);
        Assert.ThrowsAny<Exception>(() => x[0, 0, 0]);
        Assert.ThrowsAny<Exception>(() => x.narrow(0, 1, 2));
        Assert.ThrowsAny<Exception>(() => x.select(2, 0));
    }

    [Fact]
    public void Accessors_OfStridedViews_AreInRowMajorOrder()
    {
        using var scope = NewDisposeScope();
        var x = arange(6).view(2, 3).t();
        Assert.Equal([0L, 3, 1, 4, 2, 5], x.data<long>().ToArray());
        Assert.Equal(4, x.data<long>()[1, 1]);
        Assert.Equal(4, x.data<long>()[3]);
        x.data<long>()[2, 0] = 77;
        Assert.Equal(77, x[2, 0].item<long>());
        x.data<long>().CopyFrom([9, 8, 7]);
        Assert.Equal([9L, 8, 7], x.data<long>().Take(3));
        Assert.Throws<ArgumentException>(() => x.data<float>());
        Assert.Throws<ArgumentException>(() => x.item<long>());
        Assert.Throws<InvalidOperationException>(() => x.bytes.Length);
    }

    [Fact]
    public unsafe void Storage_PointsAtTheWholeBlock()
    {
        using var scope = NewDisposeScope();
        var x = arange(6);
        var view = x.narrow(0, 2, 3);
        Assert.Equal(x.storage<long>().data_ptr(), view.storage<long>().data_ptr());
        Assert.Equal(2, view.storage_offset());
        Assert.Equal(48ul, view.storage<long>().nbytes());
        Assert.Equal(2, ((long*)view.storage<long>().data_ptr())[view.storage_offset()]);
    }

    [Fact]
    public void Bytes_RoundTripThroughStreams()
    {
        using var scope = NewDisposeScope();
        var x = TestTensors.Normal(1, ScalarType.BFloat16, 7, 9);
        using var stream = new MemoryStream();
        x.WriteBytesToStream(stream, 16);
        stream.Position = 0;
        var y = empty_like(x);
        y.ReadBytesFromStream(stream, 50);
        TestTensors.AssertSameBits(x, y);
        Assert.Throws<EndOfStreamException>(() => y.ReadBytesFromStream(stream));
    }
}
