using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => CompareKernel.Compare<Equal>(this, target);

        public Tensor eq(Scalar target) => CompareWith<Equal>(target);

        public Tensor ne(Tensor target) => CompareKernel.Compare<NotEqual>(this, target);

        public Tensor ne(Scalar target) => CompareWith<NotEqual>(target);

        public Tensor not_equal(Tensor target) => ne(target);

        public Tensor lt(Tensor target) => CompareKernel.Compare<Less>(this, target);

        public Tensor lt(Scalar target) => CompareWith<Less>(target);

        public Tensor less(Tensor target) => lt(target);

        public Tensor le(Tensor target) => CompareKernel.Compare<LessOrEqual>(this, target);

        public Tensor le(Scalar target) => CompareWith<LessOrEqual>(target);

        public Tensor less_equal(Tensor target) => le(target);

        public Tensor gt(Tensor target) => CompareKernel.Compare<Greater>(this, target);

        public Tensor gt(Scalar target) => CompareWith<Greater>(target);

        public Tensor greater(Tensor target) => gt(target);

        public Tensor ge(Tensor target) => CompareKernel.Compare<GreaterOrEqual>(this, target);

        public Tensor ge(Scalar target) => CompareWith<GreaterOrEqual>(target);

        public Tensor greater_equal(Tensor target) => ge(target);

        public Tensor equal(Tensor target) => eq(target);

        /// <summary>True where shapes and all elements are equal.</summary>
        public bool Equals(Tensor target)
        {
            if (!_shape.AsSpan().SequenceEqual(target._shape)) return false;
            using var same = eq(target);
            using var all = same.all();
            return all.item<bool>();
        }

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
        {
            using var scope = NewDisposeScope();
            return isclose(target, rtol, atol, equal_nan).all().item<bool>();
        }

        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false)
        {
            using var scope = NewDisposeScope();
            var (a, b) = (to_type(ScalarType.Float64), other.to_type(ScalarType.Float64));
            var close = a.eq(b).logical_or(a.sub(b).abs().le(b.abs().mul(rtol).add(atol)).logical_and(b.isfinite()));
            if (nanEqual) close = close.logical_or(a.isnan().logical_and(b.isnan()));
            return close.MoveToOuterDisposeScope();
        }

        public Tensor isnan() => ne(this);

        public Tensor isinf()
        {
            if (torch.is_integral(_dtype)) return zeros_like(ScalarType.Bool);
            using var magnitude = abs();
            return magnitude.eq(double.PositiveInfinity);
        }

        public Tensor isfinite()
        {
            if (torch.is_integral(_dtype)) return ones_like(ScalarType.Bool);
            using var magnitude = abs();
            return magnitude.lt(double.PositiveInfinity);
        }

        private Tensor CompareWith<TComparison>(Scalar target) where TComparison : struct, IComparison
        {
            using var number = torch.full([], target, ScalarTypes.Promote(_dtype, target));
            return CompareKernel.Compare<TComparison>(this, number);
        }
    }
}
