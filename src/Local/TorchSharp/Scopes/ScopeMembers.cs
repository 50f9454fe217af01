using System.Diagnostics.CodeAnalysis;

namespace TorchSharp;

/// <summary>
/// The tensors of one scope. Each tensor remembers its place, so that joining and leaving cost a few instructions and
/// no garbage; the thread's manager reuses the list for its next scope.
/// </summary>
internal sealed class ScopeMembers
{
    private torch.Tensor?[] _tensors = new torch.Tensor?[64];

    public int Count { get; private set; }

    public void Add(torch.Tensor tensor)
    {
        if (Count == _tensors.Length) Array.Resize(ref _tensors, Count * 2);
        tensor.ScopeSlot = Count;
        _tensors[Count++] = tensor;
    }

    public bool Contains(torch.Tensor tensor) => tensor.ScopeSlot < Count && ReferenceEquals(_tensors[tensor.ScopeSlot], tensor);

    public bool Remove(torch.Tensor tensor)
    {
        if (!Contains(tensor)) return false;
        var last = _tensors[--Count]!;
        _tensors[tensor.ScopeSlot] = last;
        last.ScopeSlot = tensor.ScopeSlot;
        _tensors[Count] = null;
        return true;
    }

    public bool TryTakeLast([NotNullWhen(true)] out torch.Tensor? tensor)
    {
        if (Count == 0)
        {
            tensor = null;
            return false;
        }

        tensor = _tensors[--Count]!;
        _tensors[Count] = null;
        return true;
    }

    public torch.Tensor[] ToArray() => _tensors.AsSpan(0, Count).ToArray()!;
}
