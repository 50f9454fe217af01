using System.Runtime.InteropServices;

namespace Local.TorchSharp.Tests.Tensors;

public sealed class ViewTests
{
    [Fact]
    public void Views_ShareTheirStorage()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2, 3, 4);
        x.view(6, 4)[5, 3] = tensor(1f);
        x.transpose(0, 2)[0, 0].fill_(2);
        x.select(1, 1).fill_(3);
        x.narrow(2, 1, 1).add_(1);
        Assert.Equal(
            [2f, 1, 0, 0, 3, 4, 3, 3, 0, 1, 0, 0, 2, 1, 0, 0, 3, 4, 3, 3, 0, 1, 0, 1],
            x.data<float>().ToArray());
    }

    [Fact]
    public void View_OfIncompatibleStrides_ThrowsWhereReshapeCopies()
    {
        using var scope = NewDisposeScope();
        var x = arange(6).view(2, 3).t();
        Assert.ThrowsAny<Exception>(() => x.view(6));
        Assert.Equal([0L, 3, 1, 4, 2, 5], x.reshape(6).data<long>().ToArray());
    }

    [Fact]
    public void View_OfPartlyContiguousTensors_MergesAndSplitsWhatLiesTogether()
    {
        using var scope = NewDisposeScope();
        var x = arange(4 * 6 * 5).view(4, 6, 5).narrow(1, 0, 4);
        var y = x.view(4, 2, 2, 5).view(4, 4, 5).view(2, 2, 20);
        Assert.Equal(x.reshape(-1).data<long>().ToArray(), y.reshape(-1).data<long>().ToArray());
        Assert.ThrowsAny<Exception>(() => x.view(16, 5).view(80));
    }

    [Fact]
    public void Reshape_InfersOneDimension()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([3, 4], zeros(12).reshape(3, -1).shape);
        Assert.ThrowsAny<Exception>(() => zeros(12).reshape(5, -1));
        Assert.ThrowsAny<Exception>(() => zeros(12).reshape(5, 2));
    }

    [Fact]
    public void Expand_RepeatsWithoutCopying()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2 }).view(2, 1);
        var y = x.expand(3, 2, 4);
        Assert.Equal([3, 2, 4], y.shape);
        Assert.Equal([0, 1, 0], y.stride());
        x[0, 0] = tensor(9f);
        Assert.Equal(9f, y[2, 0, 3].item<float>());
        Assert.ThrowsAny<Exception>(() => x.expand(3, 4));
        Assert.Equal([2, 4], x.expand(-1, 4).shape);
    }

    [Fact]
    public void Permutations_ComposeToTheIdentity()
    {
        using var scope = NewDisposeScope();
        var x = arange(24).view(2, 3, 4);
        Assert.True(x.permute(2, 0, 1).permute(1, 2, 0).Equals(x));
        Assert.True(x.T.permute(2, 1, 0).Equals(x));
        Assert.True(x.movedim([0], [2]).Equals(x.permute(1, 2, 0)));
        Assert.True(x.mT.Equals(x.transpose(1, 2)));
        Assert.ThrowsAny<Exception>(() => x.permute(0, 0, 1));
    }

    [Fact]
    public void Contiguous_OfAView_IsRowMajor()
    {
        using var scope = NewDisposeScope();
        var x = arange(6).view(2, 3).t();
        Assert.False(x.is_contiguous());
        var y = x.contiguous();
        Assert.True(y.is_contiguous());
        Assert.Equal([2, 1], y.stride());
        Assert.True(x.Equals(y));
    }

    [Fact]
    public void SqueezeAndUnsqueeze_AreInverse()
    {
        using var scope = NewDisposeScope();
        var x = arange(3).unsqueeze(0).unsqueeze(-1);
        Assert.Equal([1, 3, 1], x.shape);
        Assert.Equal([3], x.squeeze().shape);
        Assert.Equal([3, 1], x.squeeze(0).shape);
        Assert.Equal([1, 3, 1], x.squeeze(1).shape);
    }

    [Fact]
    public void SplitChunkAndUnbind_CoverTheTensor()
    {
        using var scope = NewDisposeScope();
        var x = arange(10).view(5, 2);
        Assert.Equal([2L, 2, 1], x.split(2).Select(part => part.shape[0]));
        Assert.Equal([1L, 4], x.split([1, 4], 0).Select(part => part.shape[0]));
        Assert.Equal([3L, 2], x.chunk(2).Select(part => part.shape[0]));
        Assert.True(stack(x.unbind(1), 1).Equals(x));
        Assert.True(cat(x.split(2)).Equals(x));
        Assert.ThrowsAny<Exception>(() => x.split([1, 3], 0));
    }

    [Fact]
    public void Copy_BetweenViewsThatOverlapInPart_IsRefused()
    {
        using var scope = NewDisposeScope();
        var x = arange(6);
        Assert.ThrowsAny<ExternalException>(() => x.narrow(0, 1, 5).copy_(x.narrow(0, 0, 5)));
        var square = arange(9).view(3, 3);
        var error = Assert.ThrowsAny<ExternalException>(() => square.copy_(square.t()));
        Assert.Contains("Please clone() the tensor", error.Message);
    }

    [Fact]
    public void InPlaceOperations_OnViewsThatOverlapInPart_AreRefused()
    {
        using var scope = NewDisposeScope();
        var x = arange(9, dtype: float32).view(3, 3);
        Assert.ThrowsAny<ExternalException>(() => x.add_(x.t()));
        Assert.ThrowsAny<ExternalException>(() => x.narrow(0, 0, 2).mul_(x.narrow(0, 1, 2)));
    }

    [Fact]
    public void InPlaceOperations_OnOtherViewsOfTheSameMemory_AreAllowed()
    {
        using var scope = NewDisposeScope();
        var x = arange(4, dtype: float32);
        x.narrow(0, 0, 2).copy_(x.narrow(0, 2, 2));
        x.add_(x.view(4));
        Assert.Equal([4f, 6, 4, 6], x.data<float>().ToArray());
    }
}
