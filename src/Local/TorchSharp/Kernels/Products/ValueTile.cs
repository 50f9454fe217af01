using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels.Products;

/// <summary>
/// Adds weighted value rows to four output rows, 64 dimensions at a time, key after key. Output lanes stand in the order
/// in which values load; <see cref="IWeightFormat.Arrange"/> tells it.
/// </summary>
internal static unsafe class ValueTile
{
    public const int Rows = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add64<TValue>(
        float* output, long outputStride, float* weights, long weightStride, byte* values, long valueStride, long keys)
        where TValue : struct, IWeightFormat
    {
        var o0 = output + 0 * outputStride;
        var o1 = output + 1 * outputStride;
        var o2 = output + 2 * outputStride;
        var o3 = output + 3 * outputStride;
        var (s00, s01, s02, s03) = (Vector512.Load(o0), Vector512.Load(o0 + 16), Vector512.Load(o0 + 32), Vector512.Load(o0 + 48));
        var (s10, s11, s12, s13) = (Vector512.Load(o1), Vector512.Load(o1 + 16), Vector512.Load(o1 + 32), Vector512.Load(o1 + 48));
        var (s20, s21, s22, s23) = (Vector512.Load(o2), Vector512.Load(o2 + 16), Vector512.Load(o2 + 32), Vector512.Load(o2 + 48));
        var (s30, s31, s32, s33) = (Vector512.Load(o3), Vector512.Load(o3 + 16), Vector512.Load(o3 + 32), Vector512.Load(o3 + 48));
        for (long k = 0; k < keys; k++, values += valueStride)
        {
            var v0 = TValue.LoadFirst(values);
            var v1 = TValue.LoadSecond(values);
            var v2 = TValue.LoadFirst(values + 32 * TValue.Size);
            var v3 = TValue.LoadSecond(values + 32 * TValue.Size);
            var a = Vector512.Create(weights[k]);
            s00 = Vector512.FusedMultiplyAdd(a, v0, s00);
            s01 = Vector512.FusedMultiplyAdd(a, v1, s01);
            s02 = Vector512.FusedMultiplyAdd(a, v2, s02);
            s03 = Vector512.FusedMultiplyAdd(a, v3, s03);
            a = Vector512.Create(weights[weightStride + k]);
            s10 = Vector512.FusedMultiplyAdd(a, v0, s10);
            s11 = Vector512.FusedMultiplyAdd(a, v1, s11);
            s12 = Vector512.FusedMultiplyAdd(a, v2, s12);
            s13 = Vector512.FusedMultiplyAdd(a, v3, s13);
            a = Vector512.Create(weights[2 * weightStride + k]);
            s20 = Vector512.FusedMultiplyAdd(a, v0, s20);
            s21 = Vector512.FusedMultiplyAdd(a, v1, s21);
            s22 = Vector512.FusedMultiplyAdd(a, v2, s22);
            s23 = Vector512.FusedMultiplyAdd(a, v3, s23);
            a = Vector512.Create(weights[3 * weightStride + k]);
            s30 = Vector512.FusedMultiplyAdd(a, v0, s30);
            s31 = Vector512.FusedMultiplyAdd(a, v1, s31);
            s32 = Vector512.FusedMultiplyAdd(a, v2, s32);
            s33 = Vector512.FusedMultiplyAdd(a, v3, s33);
        }

        s00.Store(o0);
        s01.Store(o0 + 16);
        s02.Store(o0 + 32);
        s03.Store(o0 + 48);
        s10.Store(o1);
        s11.Store(o1 + 16);
        s12.Store(o1 + 32);
        s13.Store(o1 + 48);
        s20.Store(o2);
        s21.Store(o2 + 16);
        s22.Store(o2 + 32);
        s23.Store(o2 + 48);
        s30.Store(o3);
        s31.Store(o3 + 16);
        s32.Store(o3 + 32);
        s33.Store(o3 + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add32<TValue>(
        float* output, long outputStride, float* weights, long weightStride, byte* values, long valueStride, long keys)
        where TValue : struct, IWeightFormat
    {
        for (var i = 0; i < Rows; i++)
        {
            var o = output + i * outputStride;
            var p = weights + i * weightStride;
            var (s0, s1) = (Vector512.Load(o), Vector512.Load(o + 16));
            for (long k = 0; k < keys; k++)
            {
                var a = Vector512.Create(p[k]);
                s0 = Vector512.FusedMultiplyAdd(a, TValue.LoadFirst(values + k * valueStride), s0);
                s1 = Vector512.FusedMultiplyAdd(a, TValue.LoadSecond(values + k * valueStride), s1);
            }

            s0.Store(o);
            s1.Store(o + 16);
        }
    }
}
