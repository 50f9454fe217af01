using System.Security.Cryptography;
using static TorchSharp.torch.nn.functional;

namespace Local.TorchSharp.Tests.Products;

/// <summary>
/// The bits themselves: every processor, whatever the width of its registers, gives the same, and a change of kernels that
/// changes an order of summation shows here.
/// </summary>
public sealed class GoldenBitsTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void Kernels_OnEveryMachine_GiveTheseBits(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var (x, w, heads) = (Numbers(1, 70, 600).to(type), Numbers(2, 90, 600).to(type), Numbers(3, 4, 90, 64).to(type));
        var actual = string.Join(
            ' ',
            ((Tensor[])[
                linear(x, w),
                x.matmul(w.t().contiguous()),
                scaled_dot_product_attention(heads, heads, heads, is_casual: true),
                x.softmax(-1),
                silu(x),
                x.mul(x).mean([-1]),
            ]).Select(result => Convert.ToHexString(SHA256.HashData(result.contiguous().bytes))[..8]));
        Assert.True(Expected[type] == actual, $"The bits are now {actual}");
    }

    private static readonly Dictionary<ScalarType, string> Expected = new()
    {
        [ScalarType.Float32] = "821F00C2 4EBB2098 8743FE19 CBDEF20E EDFE1260 835CA989",
        [ScalarType.BFloat16] = "0934AA19 0934AA19 6E9A4C40 C67FDC51 8A4CE4F2 BDECEDCE",
        [ScalarType.Float16] = "27FFD091 825AB924 0E85BBCD 2B671258 E4BAE570 F6917615",
    };

    // Sums of four uniforms: about normal, and exact on every machine.
    private static Tensor Numbers(ulong seed, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        var state = seed;
        for (var i = 0; i < values.Length; i++)
        {
            var sum = 0L;
            for (var j = 0; j < 4; j++)
            {
                state = state * 6364136223846793005 + 1442695040888963407;
                sum += (long)(state >> 44) - (1 << 19);
            }

            values[i] = sum / (float)(1 << 19);
        }

        return tensor(values, shape);
    }
}
