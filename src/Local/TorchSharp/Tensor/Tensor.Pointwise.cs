using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor exp() => UnaryKernel.Map<Exponential>(this);

        public Tensor exp_() => UnaryKernel.MapInPlace<Exponential>(this);

        public Tensor sigmoid() => UnaryKernel.Map<Sigmoid>(this);

        public Tensor sigmoid_() => UnaryKernel.MapInPlace<Sigmoid>(this);

        public Tensor silu() => UnaryKernel.Map<Silu>(this);

        public Tensor silu_() => UnaryKernel.MapInPlace<Silu>(this);

        public Tensor relu() => UnaryKernel.Map<Relu>(this);

        public Tensor relu_() => UnaryKernel.MapInPlace<Relu>(this);

        public Tensor sqrt() => UnaryKernel.Map<SquareRoot>(this);

        public Tensor sqrt_() => UnaryKernel.MapInPlace<SquareRoot>(this);

        public Tensor rsqrt() => UnaryKernel.Map<ReciprocalSquareRoot>(this);

        public Tensor rsqrt_() => UnaryKernel.MapInPlace<ReciprocalSquareRoot>(this);

        public Tensor reciprocal() => UnaryKernel.Map<Reciprocal>(this);

        public Tensor reciprocal_() => UnaryKernel.MapInPlace<Reciprocal>(this);

        public Tensor log() => UnaryKernel.Map<Logarithm>(this);

        public Tensor log_() => UnaryKernel.MapInPlace<Logarithm>(this);

        public Tensor cos() => UnaryKernel.Map<Cosine>(this);

        public Tensor cos_() => UnaryKernel.MapInPlace<Cosine>(this);

        public Tensor sin() => UnaryKernel.Map<Sine>(this);

        public Tensor sin_() => UnaryKernel.MapInPlace<Sine>(this);

        public Tensor tanh() => UnaryKernel.Map<HyperbolicTangent>(this);

        public Tensor tanh_() => UnaryKernel.MapInPlace<HyperbolicTangent>(this);

        public Tensor floor() => torch.is_integral(_dtype) ? clone() : UnaryKernel.Map<Floor>(this);

        public Tensor ceil() => torch.is_integral(_dtype) ? clone() : UnaryKernel.Map<Ceiling>(this);

        public Tensor log2() => UnaryKernel.Map<Logarithm2>(this);

        public Tensor round(long decimals = 0L)
        {
            if (decimals != 0) throw new NotSupportedException("round() supports decimals = 0 only.");
            return torch.is_integral(_dtype) ? clone() : UnaryKernel.Map<RoundToEven>(this);
        }

        public Tensor square() => pow(2);

        public Tensor neg() => torch.is_integral(_dtype) ? mul(-1) : UnaryKernel.Map<Negate>(this);

        public Tensor negative() => neg();

        public Tensor neg_() => torch.is_integral(_dtype) ? mul_(-1) : UnaryKernel.MapInPlace<Negate>(this);

        public Tensor abs()
        {
            if (!torch.is_integral(_dtype)) return UnaryKernel.Map<Absolute>(this);
            using var negated = neg();
            return BinaryKernel.Combine<Maximum>(this, negated);
        }

        public Tensor abs_() => torch.is_integral(_dtype) ? copy_(abs()) : UnaryKernel.MapInPlace<Absolute>(this);

        public Tensor pow(Scalar exponent) => exponent switch
        {
            { IsIntegral: true, Integer: 2 } or { IsIntegral: false, Real: 2 } => BinaryKernel.Combine<Multiplication>(this, this),
            _ => BinaryKernel.Combine<Power>(this, exponent),
        };

        public Tensor pow_(Scalar exponent) => exponent switch
        {
            { IsIntegral: true, Integer: 2 } or { IsIntegral: false, Real: 2 } => BinaryKernel.CombineInPlace<Multiplication>(this, this),
            _ => BinaryKernel.CombineInPlace<Power>(this, exponent),
        };

        public Tensor pow(Tensor exponent) => BinaryKernel.Combine<Power>(this, exponent);

        public Tensor pow_(Tensor exponent) => BinaryKernel.CombineInPlace<Power>(this, exponent);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => clone().clamp_(min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null)
        {
            if (min is null && max is null) throw Error("torch.clamp: At least one of 'min' or 'max' must not be None");
            if (min is not null) BinaryKernel.CombineInPlace<Maximum>(this, min);
            if (max is not null) BinaryKernel.CombineInPlace<Minimum>(this, max);
            return this;
        }

        public Tensor clip(Scalar? min = null, Scalar? max = null) => clamp(min, max);
    }
}
