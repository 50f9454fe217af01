using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor index_select(long dim, Tensor index) => SelectionKernels.IndexSelect(this, Shapes.Wrap(dim, Rank), index);

        public Tensor index_copy_(long dim, Tensor index, Tensor source)
        {
            SelectionKernels.IndexWrite(this, Shapes.Wrap(dim, Rank), index, source, alpha: null);
            return this;
        }

        public Tensor index_copy(long dim, Tensor index, Tensor source) => clone().index_copy_(dim, index, source);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            SelectionKernels.IndexWrite(this, Shapes.Wrap(dim, Rank), index, source, alpha);
            return this;
        }

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => clone().index_add_(dim, index, source, alpha);

        public Tensor index_fill_(long dim, Tensor index, Scalar value)
        {
            var at = Shapes.Wrap(dim, Rank);
            using var number = torch.full([], value, _dtype);
            using var source = number.expand((ReadOnlySpan<long>)Shapes.Replace(_shape, at, index.NumberOfElements));
            return index_copy_(dim, index, source);
        }

        public Tensor gather(long dim, Tensor index) => SelectionKernels.Gather(this, Shapes.Wrap(dim, Rank), index);

        public Tensor scatter_(long dim, Tensor index, Tensor src)
        {
            SelectionKernels.Scatter(this, Shapes.Wrap(dim, Rank), index, src, add: false);
            return this;
        }

        public Tensor scatter(long dim, Tensor index, Tensor src) => clone().scatter_(dim, index, src);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src)
        {
            SelectionKernels.Scatter(this, Shapes.Wrap(dim, Rank), index, src, add: true);
            return this;
        }

        public Tensor scatter_add(long dim, Tensor index, Tensor src) => clone().scatter_add_(dim, index, src);

        /// <summary>Takes elements from here where the condition holds and from <paramref name="y"/> elsewhere.</summary>
        public Tensor where(Tensor condition, Tensor y) => SelectionKernels.Where(condition, this, y);

        public Tensor masked_fill(Tensor mask, Scalar value)
        {
            using var number = torch.full([], value, _dtype);
            return SelectionKernels.Where(mask, number, this);
        }

        public Tensor masked_fill_(Tensor mask, Scalar value)
        {
            using var number = torch.full([], value, _dtype);
            SelectionKernels.WhereInto(this, mask, number, this);
            return this;
        }

        public Tensor masked_select(Tensor mask)
        {
            using var scope = NewDisposeScope();
            var shape = Shapes.Broadcast(_shape, mask._shape);
            var positions = mask.expand((ReadOnlySpan<long>)shape).reshape(-1).nonzero().reshape(-1);
            return expand((ReadOnlySpan<long>)shape).reshape(-1).index_select(0, positions).MoveToOuterDisposeScope();
        }

        public Tensor nonzero() => SelectionKernels.NonZero(this);

        public Tensor tril(long diagonal = 0) => SelectionKernels.Triangle(this, diagonal, lower: true);

        public Tensor triu(long diagonal = 0) => SelectionKernels.Triangle(this, diagonal, lower: false);

        public Tensor repeat(params long[] sizes)
        {
            if (sizes.Length < Rank)
                throw Error("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
            var lead = sizes.Length - Rank;
            var padded = new long[sizes.Length];
            for (var i = 0; i < padded.Length; i++) padded[i] = i < lead ? 1 : _shape[i - lead];
            using var view = reshape(padded);
            var target = Create([.. padded.Zip(sizes, (a, b) => a * b)], _dtype);
            using var blocks = target.view([.. padded.Zip(sizes).SelectMany(p => new[] { p.Second, p.First })]);
            using var source = view.reshape([.. padded.SelectMany(p => new[] { 1, p })]);
            blocks.copy_(source);
            return target;
        }

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null)
        {
            if (dim is null)
            {
                using var flat = reshape(-1);
                return flat.repeat_interleave(repeats, 0);
            }

            var at = Shapes.Wrap(dim.Value, Rank);
            using var apart = unsqueeze(at + 1);
            using var wide = apart.expand((ReadOnlySpan<long>)Shapes.With(_shape, at + 1, repeats));
            return wide.reshape(Shapes.Replace(_shape, at, _shape[at] * repeats));
        }

        public Tensor flip(params long[] dims)
        {
            using var scope = NewDisposeScope();
            var result = alias();
            foreach (var dim in dims)
            {
                var size = _shape[Shapes.Wrap(dim, Rank)];
                result = result.index_select(dim, arange(size - 1, -1, -1));
            }

            return result.clone().MoveToOuterDisposeScope();
        }
    }
}
