using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Sum([], keepdim: false, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Sum(dim, keepdim, type);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => Sum(dim, keepdim, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Sum([dim], keepdim, type);

        public Tensor mean() => Mean([], keepdim: false, null);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Mean(dimensions, keepdim, type);

        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) =>
            Extreme<Maximum>(dims, keepdim, double.NegativeInfinity, @out);

        public Tensor amax(params long[] dims) => Extreme<Maximum>(dims, keepdim: false, double.NegativeInfinity, null);

        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) =>
            Extreme<Maximum>(dims, keepdim, double.NegativeInfinity, @out);

        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) =>
            Extreme<Minimum>(dims, keepdim, double.PositiveInfinity, @out);

        public Tensor amin(params long[] dims) => Extreme<Minimum>(dims, keepdim: false, double.PositiveInfinity, null);

        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) =>
            Extreme<Minimum>(dims, keepdim, double.PositiveInfinity, @out);

        public Tensor max() => Extreme<Maximum>([], keepdim: false, double.NegativeInfinity, null);

        public Tensor min() => Extreme<Minimum>([], keepdim: false, double.PositiveInfinity, null);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => ExtremeWithIndex(dim, keepdim, greatest: true);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => ExtremeWithIndex(dim, keepdim, greatest: false);

        public Tensor argmax()
        {
            using var flat = reshape(-1);
            return flat.argmax(0);
        }

        public Tensor argmax(long dim, bool keepdim = false) => ExtremeIndex(dim, keepdim, greatest: true);

        public Tensor argmin()
        {
            using var flat = reshape(-1);
            return flat.argmin(0);
        }

        public Tensor argmin(long dim, bool keepdim = false) => ExtremeIndex(dim, keepdim, greatest: false);

        public Tensor all()
        {
            using var flags = @bool();
            return flags.Extreme<Minimum>([], keepdim: false, 1, null);
        }

        public Tensor all(long dim, bool keepdim = false)
        {
            using var flags = @bool();
            return flags.Extreme<Minimum>([dim], keepdim, 1, null);
        }

        public Tensor any()
        {
            using var flags = @bool();
            return flags.Extreme<Maximum>([], keepdim: false, 0, null);
        }

        public Tensor any(long dim, bool keepdim = false)
        {
            using var flags = @bool();
            return flags.Extreme<Maximum>([dim], keepdim, 0, null);
        }

        public Tensor cumsum(long dim, ScalarType? type = null)
        {
            using var cast = to_type(type ?? SumType());
            if (Rank == 0) return cast.clone();
            var at = Shapes.Wrap(dim, Rank);
            using var last = cast.transpose(at, -1);
            using var rows = last.reshape(-1, _shape[at]);
            using var result = Create(rows._shape, cast._dtype);
            ReductionKernels.CumulateRows(result, rows);
            using var shaped = result.view(last._shape);
            using var back = shaped.transpose(at, -1);
            return back.contiguous();
        }

        public Tensor logsumexp(long dim, bool keepdim = false)
        {
            using var scope = NewDisposeScope();
            var top = amax([dim], keepdim: true);
            top = top.masked_fill(top.isinf(), 0);
            var result = sub(top).exp().sum(dim, keepdim: true).log().add(top);
            return (keepdim ? result : result.squeeze(dim)).MoveToOuterDisposeScope();
        }

        private ScalarType SumType() => torch.is_integral(_dtype) ? ScalarType.Int64 : _dtype;

        private int[] WrapAll(ReadOnlySpan<long> dims)
        {
            if (dims.IsEmpty) return [.. Enumerable.Range(0, Rank)];
            var wrapped = new int[dims.Length];
            for (var i = 0; i < dims.Length; i++) wrapped[i] = Shapes.Wrap(dims[i], Rank);
            if (Rank == 0) return [];
            if (wrapped.Distinct().Count() != wrapped.Length) throw Error("dim appears multiple times in the list of dims");
            return wrapped;
        }

        private Tensor Sum(ReadOnlySpan<long> dims, bool keepdim, ScalarType? type) => Total(dims, keepdim, type ?? SumType(), mean: false);

        private Tensor Mean(ReadOnlySpan<long> dims, bool keepdim, ScalarType? type)
        {
            var to = type ?? _dtype;
            if (!torch.is_floating_point(to))
                throw Error(
                    $"mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: {to}");
            return Total(dims, keepdim, to, mean: true);
        }

        private Tensor Total(ReadOnlySpan<long> dims, bool keepdim, ScalarType type, bool mean)
        {
            var wrapped = WrapAll(dims);
            using var cast = to_type(type);
            using var rows = ReductionKernels.Rows(cast, wrapped);
            var result = Create(ReductionKernels.ResultShape(_shape, wrapped, keepdim), type);
            if (ScalarTypes.ComputesInSingle(type))
            {
                ReductionKernels.SumRows(result, rows, mean ? rows._shape[1] : 1);
                return result;
            }

            ReductionKernels.FoldRows<Addition>(result, rows, 0);
            return mean ? result.div_(rows._shape[1]) : result;
        }

        private Tensor Extreme<TOperation>(ReadOnlySpan<long> dims, bool keepdim, double start, Tensor? @out) where TOperation : struct, IBinaryOperation
        {
            if (@out is not null) throw new NotSupportedException("The out argument is not supported by this build.");
            var wrapped = WrapAll(dims);
            using var rows = ReductionKernels.Rows(this, wrapped);
            if (rows._shape[1] == 0 && double.IsInfinity(start))
                throw Error("Expected reduction dim to be specified for input.numel() == 0.");
            var result = Create(ReductionKernels.ResultShape(_shape, wrapped, keepdim), _dtype);
            ReductionKernels.FoldRows<TOperation>(result, rows, start);
            return result;
        }

        private (Tensor, Tensor) ExtremeWithIndex(long dim, bool keepdim, bool greatest)
        {
            int[] wrapped = Rank == 0 ? [] : [Shapes.Wrap(dim, Rank)];
            using var rows = ReductionKernels.Rows(this, wrapped);
            var shape = ReductionKernels.ResultShape(_shape, wrapped, keepdim);
            var (values, indices) = (Create(shape, _dtype), Create(shape, ScalarType.Int64));
            ExtremeKernel.Find(values, indices, rows, greatest);
            return (values, indices);
        }

        private Tensor ExtremeIndex(long dim, bool keepdim, bool greatest)
        {
            int[] wrapped = Rank == 0 ? [] : [Shapes.Wrap(dim, Rank)];
            using var rows = ReductionKernels.Rows(this, wrapped);
            var indices = Create(ReductionKernels.ResultShape(_shape, wrapped, keepdim), ScalarType.Int64);
            ExtremeKernel.Find(null, indices, rows, greatest);
            return indices;
        }
    }
}
