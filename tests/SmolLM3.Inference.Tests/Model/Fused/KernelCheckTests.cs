using SmolLM3.Inference.Model.Fused;
using SmolLM3.Inference.Tests.Engine;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Tests.Model.Fused;

public sealed class KernelCheckTests
{
    private static readonly ModelConfig Config = TestEngine.SmallConfig;

    public static TheoryData<string> Mistakes => [.. Wrong.Keys];

    private static Dictionary<string, Func<IFusedKernels>> Wrong { get; } = new()
    {
        ["a mask that begins at the first key"] = () => new MaskFromTheFirstKey(),
        ["no mask"] = () => new NoMask(),
        ["a part of the cache one token late"] = () => new OneTokenLate(),
        ["keys of the neighbour behind it"] = () => new OneKeyMore(),
        ["not a number"] = () => new NotANumber(),
        ["log-sum-exp to the base of 2"] = () => new OtherBase(),
        ["RMSNorm without its weight"] = () => new NormWithoutWeight(),
    };

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void Run_RightKernels_Passes(ScalarType type) => KernelCheck.Run(new PlainKernels(), Config, type, CPU);

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Run_WrongKernels_SaysWhich(string mistake)
    {
        var error = Assert.Throws<InvalidDataException>(() => KernelCheck.Run(Wrong[mistake](), Config, ScalarType.BFloat16, CPU));
        Assert.Contains(" is off by ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_LeavesNoTensors()
    {
        using var scope = NewDisposeScope();
        KernelCheck.Run(new PlainKernels(), Config, ScalarType.BFloat16, CPU);
        Assert.Equal(0, scope.DisposablesCount);
    }

    /// <summary>Both layouts that libtorch has had, of three queries and two heads.</summary>
    [Fact]
    public void PerQuery_EitherLayout_IsQueriesByHeads()
    {
        using var scope = NewDisposeScope();
        var expected = arange(6, dtype: ScalarType.Float32).view(3, 2);
        Assert.True(TorchScriptKernels.PerQuery(expected.unsqueeze(2)).equal(expected).all().item<bool>());
        Assert.True(TorchScriptKernels.PerQuery(expected.transpose(0, 1).contiguous()).equal(expected).all().item<bool>());
    }

    [Fact]
    public void Load_Cpu_DoesWithout()
    {
        var (kernels, note) = FusedKernels.Load(Config, ScalarType.BFloat16, CPU);
        Assert.Null(kernels);
        Assert.Equal("one sequence at a time: cpu has none", note);
    }

    /// <summary>libtorch's CPU has RMSNorm, and knows of flash attention that it has not: so names and arguments are right.</summary>
    [Fact]
    public void TorchScript_Cpu_NormalizesAndRefusesToAttend()
    {
#if LIBTORCH
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var kernels = new TorchScriptKernels(Config);
        var (input, norm, weight) = (randn(5, Config.HiddenSize), randn(Config.HiddenSize), randn(7, Config.HiddenSize));
        var expected = new PlainKernels().NormLinear(input, norm, weight);
        for (var i = 0; i < 4; i++)
            Assert.True(kernels.NormLinear(input, norm, weight).sub(expected).abs().max().item<float>() < 1e-5);
        var error = Assert.Throws<ExternalException>(() => KernelCheck.Run(kernels, Config, ScalarType.BFloat16, CPU));
        Assert.Contains("_flash_attention_forward", error.Message, StringComparison.Ordinal);
#else
        Assert.Throws<NotSupportedException>(() => new TorchScriptKernels(Config));
#endif
    }

    private sealed class MaskFromTheFirstKey : PlainKernels
    {
        protected override Tensor Mask(long queries, long keys) => ones([queries, keys], dtype: ScalarType.Bool).tril();
    }

    private sealed class NoMask : PlainKernels
    {
        protected override Tensor Mask(long queries, long keys) => ones([queries, keys], dtype: ScalarType.Bool);
    }

    private sealed class OneTokenLate : PlainKernels
    {
        protected override Tensor Of(Tensor cache, int start, int length) => cache.narrow(0, start + 1, length);
    }

    private sealed class OneKeyMore : PlainKernels
    {
        protected override Tensor Of(Tensor cache, int start, int length) => cache.narrow(0, start, length + 1);

        protected override Tensor Mask(long queries, long keys) => ones([queries, keys], dtype: ScalarType.Bool).tril(keys - queries);
    }

    private sealed class NotANumber : PlainKernels
    {
        public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, RaggedBatch batch) => queries.mul(float.NaN);
    }

    private sealed class OtherBase : PlainKernels
    {
        public override (Tensor Attended, Tensor LogSumExp) AttendRows(Tensor queries, Tensor keys, Tensor values, RaggedBatch batch)
        {
            var (attended, logSumExp) = base.AttendRows(queries, keys, values, batch);
            return (attended, logSumExp.mul_(1 / Math.Log(2)));
        }
    }

    private sealed class NormWithoutWeight : PlainKernels
    {
        public override Tensor NormLinear(Tensor input, Tensor norm, Tensor weight) => base.NormLinear(input, ones_like(norm), weight);
    }
}
