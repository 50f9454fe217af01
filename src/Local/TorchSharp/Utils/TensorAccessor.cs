using System.Collections;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor in row-major order, whatever its strides; writing goes through to the tensor.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private torch.Tensor? _tensor;
    private T* _data;

    internal TensorAccessor(torch.Tensor tensor)
    {
        _data = (T*)tensor.Pointer;
        _tensor = tensor;
    }

    public long Count => _tensor?.NumberOfElements ?? 0;

    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get => _data[Offset(indices)];
        set => _data[Offset(indices)] = value;
    }

    public T[] ToArray()
    {
        var result = new T[Count];
        CopyTo(result);
        return result;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (Live.is_contiguous())
        {
            new ReadOnlySpan<T>(_data + tensorIndex, (int)count).CopyTo(array[arrayIndex..]);
            return;
        }

        for (long i = 0; i < count; i++) array[arrayIndex + (int)i] = _data[RowMajor(tensorIndex + i)];
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (Live.is_contiguous())
        {
            array.Slice(arrayIndex, (int)count).CopyTo(new Span<T>(_data + tensorIndex, (int)count));
            return;
        }

        for (long i = 0; i < count; i++) _data[RowMajor(tensorIndex + i)] = array[arrayIndex + (int)i];
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++) yield return At(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        _data = null;
        _tensor = null;
    }

    private torch.Tensor Live => _tensor ?? throw new ObjectDisposedException(nameof(TensorAccessor<T>));

    private T At(long i) => _data[RowMajor(i)];

    private long Offset(long[] indices)
    {
        var tensor = Live;
        if (indices.Length == 1)
        {
            if (indices[0] < 0 || indices[0] >= Count) throw new IndexOutOfRangeException();
            return RowMajor(indices[0]);
        }

        var offset = 0L;
        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] < 0 || indices[i] >= tensor.Sizes[i])
                throw new IndexOutOfRangeException($"{indices[i]} >= {tensor.Sizes[i]} in dimension {i}.");
            offset += indices[i] * tensor.Strides[i];
        }

        return offset;
    }

    private long RowMajor(long index)
    {
        var tensor = Live;
        var offset = 0L;
        for (var i = tensor.Rank - 1; i >= 0; i--)
        {
            (index, var rest) = Math.DivRem(index, tensor.Sizes[i]);
            offset += rest * tensor.Strides[i];
        }

        return offset;
    }
}
