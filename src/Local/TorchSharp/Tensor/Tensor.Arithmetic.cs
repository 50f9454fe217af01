using TorchSharp.Kernels;

namespace TorchSharp;

public static partial class torch
{
    public enum RoundingMode
    {
        None,
        trunc,
        floor,
    }

    public partial class Tensor
    {
        public Tensor add(Tensor target) => BinaryKernel.Combine<Addition>(this, target);

        public Tensor add(Tensor target, Scalar alpha)
        {
            using var scaled = target.mul(alpha);
            return add(scaled);
        }

        // libtorch adds a number to a 16-bit tensor on the CPU after rounding it to that type; other operations take it unrounded.
        private Scalar InOwnType(Scalar number) => _dtype switch
        {
            ScalarType.BFloat16 => new BFloat16(number.ToSingle()).ToSingle(),
            ScalarType.Float16 => (float)(Half)number.ToSingle(),
            _ => number,
        };

        public Tensor add(Scalar scalar) => BinaryKernel.Combine<Addition>(this, InOwnType(scalar));

        public Tensor add_(Tensor target) => BinaryKernel.CombineInPlace<Addition>(this, target);

        public Tensor add_(Tensor target, Scalar alpha)
        {
            using var scaled = target.mul(alpha);
            return add_(scaled);
        }

        public Tensor add_(Scalar scalar) => BinaryKernel.CombineInPlace<Addition>(this, InOwnType(scalar));

        public Tensor sub(Tensor target) => BinaryKernel.Combine<Subtraction>(this, target);

        public Tensor sub(Scalar target) => BinaryKernel.Combine<Subtraction>(this, InOwnType(target));

        public Tensor subtract(Tensor target) => sub(target);

        public Tensor subtract(Scalar target) => sub(target);

        public Tensor sub_(Tensor target) => BinaryKernel.CombineInPlace<Subtraction>(this, target);

        public Tensor sub_(Scalar target) => BinaryKernel.CombineInPlace<Subtraction>(this, InOwnType(target));

        public Tensor subtract_(Tensor target) => sub_(target);

        public Tensor subtract_(Scalar target) => sub_(target);

        public Tensor mul(Tensor target) => BinaryKernel.Combine<Multiplication>(this, target);

        public Tensor mul(Scalar target) => BinaryKernel.Combine<Multiplication>(this, target);

        public Tensor multiply(Tensor target) => mul(target);

        public Tensor multiply(Scalar target) => mul(target);

        public Tensor mul_(Tensor target) => BinaryKernel.CombineInPlace<Multiplication>(this, target);

        public Tensor mul_(Scalar target) => BinaryKernel.CombineInPlace<Multiplication>(this, target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode switch
        {
            RoundingMode.None => BinaryKernel.Combine<Division>(this, target, floating: true),
            RoundingMode.floor => BinaryKernel.Combine<FloorDivision>(this, target),
            _ => BinaryKernel.Combine<TruncatedDivision>(this, target),
        };

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode switch
        {
            RoundingMode.None => BinaryKernel.Combine<Division>(this, target, floating: true),
            RoundingMode.floor => BinaryKernel.Combine<FloorDivision>(this, target),
            _ => BinaryKernel.Combine<TruncatedDivision>(this, target),
        };

        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);

        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode switch
        {
            RoundingMode.None => BinaryKernel.CombineInPlace<Division>(this, target, floating: true),
            RoundingMode.floor => BinaryKernel.CombineInPlace<FloorDivision>(this, target),
            _ => BinaryKernel.CombineInPlace<TruncatedDivision>(this, target),
        };

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode switch
        {
            RoundingMode.None => BinaryKernel.CombineInPlace<Division>(this, target, floating: true),
            RoundingMode.floor => BinaryKernel.CombineInPlace<FloorDivision>(this, target),
            _ => BinaryKernel.CombineInPlace<TruncatedDivision>(this, target),
        };

        public Tensor floor_divide(Tensor other) => div(other, RoundingMode.floor);

        public Tensor floor_divide(Scalar other) => div(other, RoundingMode.floor);

        public Tensor remainder(Tensor target) => BinaryKernel.Combine<Remainder>(this, target);

        public Tensor remainder(Scalar scalar) => BinaryKernel.Combine<Remainder>(this, scalar);

        public Tensor maximum(Tensor other) => BinaryKernel.Combine<Maximum>(this, other);

        public Tensor minimum(Tensor other) => BinaryKernel.Combine<Minimum>(this, other);

        public Tensor max(Tensor other) => maximum(other);

        public Tensor min(Tensor other) => minimum(other);

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            using var product = tensor1.mul(tensor2);
            return add(product, value);
        }

        public Tensor bitwise_and(Tensor other) => BinaryKernel.Combine<BitwiseAnd>(this, other);

        public Tensor bitwise_or(Tensor other) => BinaryKernel.Combine<BitwiseOr>(this, other);

        public Tensor bitwise_xor(Tensor other) => BinaryKernel.Combine<BitwiseXor>(this, other);

        public Tensor bitwise_not() => _dtype == ScalarType.Bool ? logical_not() : BinaryKernel.Combine<BitwiseXor>(this, -1);

        public Tensor logical_and(Tensor other)
        {
            using var a = @bool();
            using var b = other.@bool();
            return a.bitwise_and(b);
        }

        public Tensor logical_or(Tensor other)
        {
            using var a = @bool();
            using var b = other.@bool();
            return a.bitwise_or(b);
        }

        public Tensor logical_xor(Tensor other)
        {
            using var a = @bool();
            using var b = other.@bool();
            return a.bitwise_xor(b);
        }

        public Tensor logical_not() => eq(0);
    }
}
