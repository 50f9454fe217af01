using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace TorchSharp.Kernels;

/// <summary>
/// Walks up to four strided operands of one shape in runs along the innermost dimension. Dimensions that lie behind one
/// another in every operand are merged first, so that contiguous tensors of any rank become a single run.
/// </summary>
internal struct StridedLoop
{
    private const int MaxRank = 12;

    private readonly int _rank;
    private readonly Dims _sizes;
    private readonly Dims _strides0;
    private readonly Dims _strides1;
    private readonly Dims _strides2;
    private readonly Dims _strides3;

    public StridedLoop(long[] shape, long[] strides0, long[] strides1, long[]? strides2 = null, long[]? strides3 = null)
    {
        strides2 ??= strides1;
        strides3 ??= strides1;
        if (shape.Length > MaxRank) throw new NotSupportedException($"Tensors of more than {MaxRank} dimensions are not supported.");
        Count = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            var size = shape[i];
            Count *= size;
            if (size == 1) continue;
            var last = _rank - 1;
            if (last >= 0
                && strides0[i] == _strides0[last] * _sizes[last] && strides1[i] == _strides1[last] * _sizes[last]
                && strides2[i] == _strides2[last] * _sizes[last] && strides3[i] == _strides3[last] * _sizes[last])
            {
                _sizes[last] *= size;
                continue;
            }

            _sizes[_rank] = size;
            _strides0[_rank] = strides0[i];
            _strides1[_rank] = strides1[i];
            _strides2[_rank] = strides2[i];
            _strides3[_rank] = strides3[i];
            _rank++;
        }

        if (_rank == 0)
        {
            _sizes[0] = 1;
            _rank = 1;
        }
    }

    /// <summary>Elements in all.</summary>
    public long Count { get; }

    /// <summary>Innermost strides, in elements.</summary>
    public readonly long Inner0 => _strides0[0];

    public readonly long Inner1 => _strides1[0];

    public readonly long Inner2 => _strides2[0];

    public readonly long Inner3 => _strides3[0];

    /// <summary>Visits the elements [begin, end) of the row-major order, run by run.</summary>
    [UnscopedRef]
    public readonly Cursor Range(long begin, long end) => new(in this, begin, end);

    /// <summary>Stands on one run: <see cref="Length"/> elements from the four offsets on.</summary>
    public ref struct Cursor
    {
        private readonly ref readonly StridedLoop _loop;
        private readonly long _end;
        private long _at;
        private Dims _index;

        internal Cursor(ref readonly StridedLoop loop, long begin, long end)
        {
            _loop = ref loop;
            _at = begin;
            _end = end;
            var rest = begin;
            for (var i = 0; i < loop._rank && begin < end; i++)
            {
                (rest, var index) = Math.DivRem(rest, loop._sizes[i]);
                _index[i] = index;
                Offset0 += index * loop._strides0[i];
                Offset1 += index * loop._strides1[i];
                Offset2 += index * loop._strides2[i];
                Offset3 += index * loop._strides3[i];
            }
        }

        public long Length { get; private set; }

        public long Offset0 { get; private set; }

        public long Offset1 { get; private set; }

        public long Offset2 { get; private set; }

        public long Offset3 { get; private set; }

        public bool Next()
        {
            if (Length > 0) Advance();
            if (_at >= _end) return false;
            Length = Math.Min(_loop._sizes[0] - _index[0], _end - _at);
            return true;
        }

        private void Advance()
        {
            _at += Length;
            Move(0, Length);
            for (var i = 0; i + 1 < _loop._rank && _index[i] == _loop._sizes[i]; i++)
            {
                Move(i, -_index[i]);
                Move(i + 1, 1);
            }
        }

        private void Move(int dim, long by)
        {
            _index[dim] += by;
            Offset0 += by * _loop._strides0[dim];
            Offset1 += by * _loop._strides1[dim];
            Offset2 += by * _loop._strides2[dim];
            Offset3 += by * _loop._strides3[dim];
        }
    }

    [InlineArray(MaxRank)]
    internal struct Dims
    {
        private long _first;
    }
}
