namespace TorchSharp.Kernels;

/// <summary>Conversion of one strided run, with the exact path that each pair of types asks for.</summary>
internal static unsafe class FloatRuns
{
    public static void Convert<TTarget, TSource>(byte* target, long targetStep, byte* source, long sourceStep, long length)
        where TTarget : struct, IElement where TSource : struct, IElement
    {
        if (targetStep == TTarget.Size && sourceStep == TSource.Size && TryConvertVectors<TTarget, TSource>(target, source, length)) return;
        for (long i = 0; i < length; i++)
        {
            if (IsInteger<TSource>()) TTarget.StoreInteger(target, TSource.LoadInteger(source));
            else TTarget.StoreDouble(target, TSource.LoadDouble(source));
            target += targetStep;
            source += sourceStep;
        }
    }

    public static bool IsInteger<T>() where T : struct, IElement =>
        typeof(T) != typeof(SingleElement) && typeof(T) != typeof(BFloat16Element)
        && typeof(T) != typeof(HalfElement) && typeof(T) != typeof(DoubleElement);

    private static bool TryConvertVectors<TTarget, TSource>(byte* target, byte* source, long length)
        where TTarget : struct, IElement where TSource : struct, IElement
    {
        if (typeof(TSource) == typeof(BFloat16Element) && typeof(TTarget) == typeof(SingleElement))
            ConvertFloats<SingleElement, BFloat16Element>(target, source, length);
        else if (typeof(TSource) == typeof(SingleElement) && typeof(TTarget) == typeof(BFloat16Element))
            ConvertFloats<BFloat16Element, SingleElement>(target, source, length);
        else if (typeof(TSource) == typeof(HalfElement) && typeof(TTarget) == typeof(SingleElement))
            ConvertFloats<SingleElement, HalfElement>(target, source, length);
        else if (typeof(TSource) == typeof(HalfElement) && typeof(TTarget) == typeof(BFloat16Element))
            ConvertFloats<BFloat16Element, HalfElement>(target, source, length);
        else return false;
        return true;
    }

    private static void ConvertFloats<TTarget, TSource>(byte* target, byte* source, long length)
        where TTarget : struct, IFloatElement where TSource : struct, IFloatElement
    {
        long i = 0;
        for (; i <= length - 16; i += 16) TTarget.StoreVector(target + i * TTarget.Size, TSource.LoadVector(source + i * TSource.Size));
        for (; i < length; i++) TTarget.Store(target + i * TTarget.Size, TSource.Load(source + i * TSource.Size));
    }
}
