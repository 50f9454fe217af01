using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) =>
            SortFirst(dim, _shape.Length == 0 ? 1 : _shape[Shapes.Wrap(dim, Rank)], descending);

        public Tensor argsort(long dim = -1, bool descending = false)
        {
            var (values, indices) = sort(dim, descending);
            values.Dispose();
            return indices;
        }

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
        {
            var size = Rank == 0 ? 1 : _shape[Shapes.Wrap(dim, Rank)];
            if (k < 0 || k > size) throw Error("selected index k out of range");
            return SortFirst(dim, k, largest);
        }

        private (Tensor, Tensor) SortFirst(long dim, long k, bool descending)
        {
            if (Rank == 0) return (clone(), torch.zeros([], ScalarType.Int64));
            var at = Shapes.Wrap(dim, Rank);
            using var last = transpose(at, -1);
            using var rows = last.reshape(-1, _shape[at]);
            using var values = Create([rows._shape[0], k], _dtype);
            using var indices = Create([rows._shape[0], k], ScalarType.Int64);
            SortKernel.SortRows(values, indices, rows, descending);
            var shape = Shapes.Replace(last._shape, Rank - 1, k);
            return (Restore(values, shape, at), Restore(indices, shape, at));
        }

        private static Tensor Restore(Tensor rows, long[] shape, int dim)
        {
            using var shaped = rows.view(shape);
            using var back = shaped.transpose(dim, -1);
            return back.contiguous();
        }
    }
}
