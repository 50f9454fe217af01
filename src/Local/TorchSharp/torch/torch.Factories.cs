using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor arange(
        Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        CheckOptions(device, requires_grad);
        var integral = start.IsIntegral && stop.IsIntegral && step.IsIntegral;
        var type = dtype ?? (integral ? ScalarType.Int64 : get_default_dtype());
        if (step.ToDouble() == 0) throw Tensor.Error("step must be nonzero");
        var count = (long)Math.Ceiling((stop.ToDouble() - start.ToDouble()) / step.ToDouble());
        if (count < 0) throw Tensor.Error("upper bound and larger bound inconsistent with step sign");
        if (is_integral(type))
        {
            using var integers = Tensor.Create([count], ScalarType.Int64);
            var to = integers.data<long>();
            for (long i = 0; i < count; i++) to[i] = start.Integer + i * step.Integer;
            return integers.to_type(type);
        }

        using var reals = Tensor.Create([count], ScalarType.Float64);
        var values = reals.data<double>();
        for (long i = 0; i < count; i++) values[i] = start.ToDouble() + i * step.ToDouble();
        return reals.to_type(type);
    }

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(
        double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        CheckOptions(device, requires_grad);
        using var reals = Tensor.Create([steps], ScalarType.Float64);
        var values = reals.data<double>();
        for (long i = 0; i < steps; i++) values[i] = steps == 1 ? start : start + (end - start) * i / (steps - 1);
        return reals.to_type(dtype ?? get_default_dtype());
    }

    public static Tensor eye(
        long rows, long columns = -1L, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        if (columns == -1) columns = rows;
        var result = zeros(rows, columns, dtype, device, requires_grad, names);
        using var diagonal = result.as_strided([Math.Min(rows, columns)], [columns + 1]);
        diagonal.fill_(1);
        return result;
    }

    public static Tensor from_array(Array rawArray, Device? device = null) => FromArray(rawArray, null, device, false, null);

    public static Tensor from_array(
        Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray, dtype, device, requires_grad, names);

    public static Tensor as_tensor(Array data, ScalarType? dtype = null, Device? device = null) =>
        FromArray(data, dtype, device, false, null);

    private static Tensor FromArray(Array array, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        var element = array.GetType().GetElementType() ?? throw new InvalidOperationException("The array has no element type.");
        var type = ToScalarType(element);
        var shape = new long[array.Rank];
        for (var i = 0; i < shape.Length; i++) shape[i] = array.GetLongLength(i);
        CheckOptions(device, requires_grad, names);
        var result = Tensor.Create(shape, type);
        unsafe
        {
            var size = result.NumberOfElements * result.ElementSize;
            fixed (byte* from = &MemoryMarshal.GetArrayDataReference(array)) Buffer.MemoryCopy(from, result.Pointer, size, size);
        }

        return Cast(result, dtype);
    }

    private static unsafe Tensor FromMemory<T>(
        ReadOnlySpan<T> values, ReadOnlySpan<long> shape, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) where T : unmanaged
    {
        CheckOptions(device, requires_grad, names);
        var sizes = shape.ToArray();
        if (Shapes.Count(sizes) != values.Length)
            throw new ArgumentException(
                $"mismatched total size creating a tensor from an array: {Shapes.Count(sizes)} vs. {values.Length}");
        var result = Tensor.Create(sizes, ToScalarType(typeof(T)));
        values.CopyTo(new Span<T>(result.Pointer, values.Length));
        return Cast(result, dtype);
    }

    private static Tensor Cast(Tensor result, ScalarType? dtype)
    {
        if (dtype is null || dtype == result.dtype) return result;
        using (result) return result.to_type(dtype.Value);
    }
}
