using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>The first elements of each row in order. Equal elements keep their order; NaN counts as the greatest.</summary>
internal static unsafe class SortKernel
{
    public static void SortRows(Tensor values, Tensor indices, Tensor rows, bool descending)
    {
        var visitor = new Visitor { Values = values, Indices = indices, Rows = rows, Descending = descending };
        ElementTypes.Dispatch(rows.dtype, ref visitor);
    }

    private struct Visitor : IElementVisitor
    {
        public Tensor Values;
        public Tensor Indices;
        public Tensor Rows;
        public bool Descending;

        public readonly void Visit<T>() where T : struct, IElement
        {
            var body = new Body<T>
            {
                Values = Values.Pointer,
                Indices = (long*)Indices.Pointer,
                Rows = Rows.Pointer,
                RowStride = Rows.Strides[0],
                Stride = Rows.Strides[1],
                Length = checked((int)Rows.Sizes[1]),
                Kept = checked((int)Values.Sizes[1]),
                Descending = Descending,
            };
            WorkerPool.For(Rows.Sizes[0], 1, ref body);
        }
    }

    private struct Body<T> : IRangeBody where T : struct, IElement
    {
        public byte* Values;
        public long* Indices;
        public byte* Rows;
        public long RowStride;
        public long Stride;
        public int Length;
        public int Kept;
        public bool Descending;

        public readonly void Run(long begin, long end)
        {
            var keys = new Key[Length];
            for (var i = begin; i < end; i++)
            {
                var row = Rows + i * RowStride * T.Size;
                for (var j = 0; j < Length; j++) keys[j] = new Key(Rank(row + j * Stride * T.Size), j);
                if (Kept < Length / 8) SelectFirst(keys);
                else keys.AsSpan().Sort();
                for (var j = 0; j < Kept; j++)
                {
                    Indices[i * Kept + j] = keys[j].Index;
                    Buffer.MemoryCopy(row + keys[j].Index * Stride * T.Size, Values + (i * Kept + j) * T.Size, T.Size, T.Size);
                }
            }
        }

        /// <summary>Maps an element to an integer of the same order, reversed for descending sorts.</summary>
        private readonly long Rank(byte* at)
        {
            long rank;
            if (FloatRuns.IsInteger<T>())
            {
                rank = T.LoadInteger(at);
            }
            else
            {
                var value = T.LoadDouble(at);
                var bits = BitConverter.DoubleToInt64Bits(value == 0 ? 0.0 : double.IsNaN(value) ? double.NaN : value);
                rank = double.IsNaN(value) ? long.MaxValue : bits < 0 ? bits ^ long.MaxValue : bits;
            }

            return Descending ? ~rank : rank;
        }

        // A bounded heap of the best so far, its worst on top, then one sort of what stayed.
        private readonly void SelectFirst(Key[] keys)
        {
            if (Kept == 0) return;
            var best = new PriorityQueue<Key, Key>(Kept, Comparer<Key>.Create((a, b) => b.CompareTo(a)));
            var worst = default(Key);
            foreach (var key in keys)
            {
                if (best.Count < Kept) best.Enqueue(key, key);
                else if (key.CompareTo(worst) < 0) best.DequeueEnqueue(key, key);
                else continue;
                worst = best.Peek();
            }

            for (var j = Kept - 1; j >= 0; j--) keys[j] = best.Dequeue();
        }
    }

    private readonly record struct Key(long Rank, int Index) : IComparable<Key>
    {
        public int CompareTo(Key other)
        {
            var order = Rank.CompareTo(other.Rank);
            return order != 0 ? order : Index.CompareTo(other.Index);
        }
    }
}
