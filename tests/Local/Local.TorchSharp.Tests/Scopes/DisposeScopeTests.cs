namespace Local.TorchSharp.Tests.Scopes;

public sealed class DisposeScopeTests
{
    [Fact]
    public void Scope_AtItsEnd_DisposesWhatWasMadeInIt()
    {
        Tensor inside, sum;
        using (NewDisposeScope())
        {
            inside = ones(3);
            sum = inside + 1;
            Assert.False(sum.IsInvalid);
        }

        Assert.True(inside.IsInvalid);
        Assert.True(sum.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => sum.bytes.Length);
    }

    [Fact]
    public void MoveToOuterDisposeScope_FromTheInnerScope_LivesAsLongAsTheOuter()
    {
        Tensor kept;
        using (var outer = NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                kept = ones(3).MoveToOuterDisposeScope();
            }

            Assert.False(kept.IsInvalid);
            Assert.True(outer.Contains(kept));
        }

        Assert.True(kept.IsInvalid);
    }

    [Fact]
    public void MoveToOuterDisposeScope_FromTheOutermostScope_Detaches()
    {
        Tensor kept;
        using (NewDisposeScope()) kept = ones(3).MoveToOuterDisposeScope();
        Assert.False(kept.IsInvalid);
        kept.Dispose();
        Assert.True(kept.IsInvalid);
    }

    [Fact]
    public void DetachFromDisposeScope_SurvivesEveryScope()
    {
        Tensor kept;
        using (NewDisposeScope())
        using (NewDisposeScope())
        {
            kept = ones(3).DetachFromDisposeScope();
        }

        Assert.Equal(3f, kept.sum().item<float>());
        kept.Dispose();
    }

    [Fact]
    public void MoveToOuter_OfTuples_MovesEach()
    {
        using var outer = NewDisposeScope();
        Tensor a, b, c;
        using (var inner = NewDisposeScope())
        {
            (a, b) = inner.MoveToOuter(ones(1), ones(2));
            c = ones(3);
        }

        Assert.False(a.IsInvalid);
        Assert.False(b.IsInvalid);
        Assert.True(c.IsInvalid);
        Assert.Equal(2, outer.DisposablesCount);
    }

    [Fact]
    public void Attach_MovesATensorFromItsScope()
    {
        using var outer = NewDisposeScope();
        Tensor moved;
        using (var inner = NewDisposeScope())
        {
            moved = ones(1);
            outer.Attach(moved);
            Assert.False(inner.Contains(moved));
        }

        Assert.False(moved.IsInvalid);
    }

    [Fact]
    public void DisposeEverythingBut_KeepsTheNamed()
    {
        using var scope = NewDisposeScope();
        var (kept, dropped) = (ones(1), ones(1));
        scope.DisposeEverythingBut(kept);
        Assert.False(kept.IsInvalid);
        Assert.True(dropped.IsInvalid);
        Assert.Equal([kept], scope.DisposablesView, ReferenceEqualityComparer.Instance);
    }

    [Fact]
    public void Dispose_OfATensorInAScope_LeavesTheScope()
    {
        using var scope = NewDisposeScope();
        var (first, second, third) = (ones(1), ones(2), ones(3));
        second.Dispose();
        Assert.Equal(2, scope.DisposablesCount);
        Assert.True(scope.Contains(first) && scope.Contains(third) && !scope.Contains(second));
        second.Dispose();
        Assert.Equal(2, scope.DisposablesCount);
    }

    [Fact]
    public void Scopes_EndingOutOfOrder_LeaveTheRestInPlace()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        outer.Dispose();
        var tensor = ones(1);
        Assert.True(inner.Contains(tensor));
        inner.Dispose();
        Assert.True(tensor.IsInvalid);
        Assert.Null(CurrentDisposeScope);
    }

    [Fact]
    public void Scope_AfterItsEnd_RefusesWork()
    {
        var scope = NewDisposeScope();
        scope.Dispose();
        scope.Dispose();
        Assert.Throws<ObjectDisposedException>(() => scope.DisposablesCount);
        using var tensor = ones(1);
        Assert.Throws<ObjectDisposedException>(() => scope.Attach(tensor));
    }

    [Fact]
    public async Task Scopes_OfOtherThreads_AreApart()
    {
        using var scope = NewDisposeScope();
        var elsewhere = await Task.Factory.StartNew(() => CurrentDisposeScope, TaskCreationOptions.LongRunning);
        Assert.Null(elsewhere);
    }

    [Fact]
    public void WrappedTensorDisposeScope_KeepsTheResultAlone()
    {
        Tensor? inner = null;
        using var result = WrappedTensorDisposeScope(() =>
        {
            inner = ones(2);
            return inner + 1;
        });
        Assert.True(inner!.IsInvalid);
        Assert.False(result.IsInvalid);
    }

    [Fact]
    public void Statistics_CountCreationAndDisposal()
    {
        var statistics = DisposeScopeManager.Statistics.TensorStatistics;
        var (created, disposed, detached) = (
            statistics.CreatedInScopeCount, statistics.DisposedInScopeCount, statistics.DetachedFromScopeCount);
        Tensor kept;
        using (NewDisposeScope())
        {
            kept = ones(1).DetachFromDisposeScope();
            ones(2).Dispose();
            _ = empty(3);
        }

        Assert.Equal(3, statistics.CreatedInScopeCount - created);
        Assert.Equal(2, statistics.DisposedInScopeCount - disposed);
        Assert.Equal(1, statistics.DetachedFromScopeCount - detached);
        kept.Dispose();
    }

    [Fact]
    public void GradientModes_NestAndRestore()
    {
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            using (enable_grad()) Assert.True(is_grad_enabled());
            Assert.False(is_grad_enabled());
        }

        using (inference_mode()) Assert.True(is_inference_mode_enabled() && !is_grad_enabled());
        Assert.True(is_grad_enabled() && !is_inference_mode_enabled());
    }
}
