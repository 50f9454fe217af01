using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>Compares fused kernels with plain operations on random numbers, on the device that they are to serve on.</summary>
/// <remarks>
/// Cases are those that a kernel may get wrong and still look plausible: a prompt's later chunk, whose mask begins in the past; parts of the
/// cache that lie in another order than the sequences; lengths beside a multiple of the kernel's tiles.
/// </remarks>
internal static class KernelCheck
{
    private const int Tokens = 700;

    /// <summary>Roundings of 16-bit types stay below a tenth of this, a key too many or too few does not.</summary>
    private const float Tolerance = 0.1f;

    private static readonly (int Queries, int KeyStart, int Length)[] Decoding =
        [(1, 400, 1), (1, 0, 257), (1, 300, 64), (1, 410, 129)];

    // So many that a kernel no longer divides a sequence's keys among its blocks.
    private static readonly (int Queries, int KeyStart, int Length)[] ManyDecoding =
        [.. Enumerable.Range(0, 96).Select(i => (1, i * 5 % 300, 1 + i * 37 % 390))];

    private static readonly (int Queries, int KeyStart, int Length)[] Prompts = [(65, 300, 65), (33, 0, 290), (9, 420, 200)];

    /// <exception cref="InvalidDataException">A kernel's numbers are off; the message says which and by how much.</exception>
    public static void Run(IFusedKernels kernels, ModelConfig config, ScalarType type, Device device)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed: 1);
        // Made on the CPU, so that a generator of the device is not touched.
        Tensor Random(params long[] shape) => randn(shape, generator: generator).to(type).to(device);

        // Some rows of more, and queries that lie between others' keys, as the model has them.
        var (input, norm) = (Random(9, config.HiddenSize).narrow(0, 2, 5), Random(config.HiddenSize));
        var weight = Random(64, config.HiddenSize);
        Compare("RMSNorm", kernels.NormLinear(input, norm, weight), NormLinear(input, norm, weight, config.RmsNormEpsilon));

        var (keys, values) = (Random(Tokens, config.KeyValueHeads, config.HeadSize), Random(Tokens, config.KeyValueHeads, config.HeadSize));
        Tensor Queries((int Queries, int KeyStart, int Length)[] cases)
        {
            var rows = cases.Sum(each => each.Queries);
            return Random(rows, config.AttentionHeads + 2 * config.KeyValueHeads, config.HeadSize).narrow(1, 0, config.AttentionHeads);
        }

        foreach (var cases in new[] { Prompts, Prompts[1..2] })
        {
            var queries = Queries(cases);
            var expected = Attend(queries, keys, values, cases);
            Compare("attention of prompts", kernels.Attend(queries, keys, values, Batch(cases, device)), expected.Attended);
        }
        foreach (var cases in new[] { Decoding, Decoding[1..2], ManyDecoding })
        {
            var queries = Queries(cases);
            var expected = Attend(queries, keys, values, cases);
            var actual = kernels.AttendRows(queries, keys, values, Batch(cases, device));
            Compare("attention of single rows", actual.Attended, expected.Attended);
            Compare("their log-sum-exp", actual.LogSumExp, expected.LogSumExp);
        }
    }

    private static RaggedBatch Batch((int Queries, int KeyStart, int Length)[] cases, Device device)
    {
        int[] ends = [0, .. cases.Select((_, i) => cases.Take(i + 1).Sum(each => each.Queries))];
        int[] starts = [.. cases.Select(each => each.KeyStart), cases[^1].KeyStart];
        int[] lengths = [.. cases.Select(each => each.Length)];
        return new(
            tensor(ends, device: device), tensor(starts, device: device), tensor(lengths, device: device),
            cases.Max(each => each.Queries), cases.Max(each => each.Length));
    }

    private static Tensor NormLinear(Tensor input, Tensor norm, Tensor weight, double epsilon)
    {
        var wide = input.to(ScalarType.Float32);
        var scale = wide.mul(wide).mean([-1], keepdim: true).add(epsilon).rsqrt();
        return linear(wide.mul(scale).mul(norm.to(ScalarType.Float32)), weight.to(ScalarType.Float32));
    }

    private static (Tensor Attended, Tensor LogSumExp) Attend(
        Tensor queries, Tensor keys, Tensor values, (int Queries, int KeyStart, int Length)[] cases)
    {
        var (results, sums, first) = (new List<Tensor>(), new List<Tensor>(), 0);
        var group = queries.shape[1] / keys.shape[1];
        foreach (var (count, start, length) in cases)
        {
            Tensor Heads(Tensor tensor) => tensor.narrow(0, start, length).to(ScalarType.Float32).transpose(0, 1).repeat_interleave(group, 0);

            var query = queries.narrow(0, first, count).to(ScalarType.Float32).transpose(0, 1);
            var scores = query.matmul(Heads(keys).transpose(1, 2)).mul(1 / Math.Sqrt(queries.shape[2]));
            var seen = ones([count, length], dtype: ScalarType.Bool, device: queries.device).tril(length - count);
            scores = scores.masked_fill(seen.logical_not(), double.NegativeInfinity);
            results.Add(scores.softmax(-1).matmul(Heads(values)).transpose(0, 1));
            sums.Add(scores.logsumexp(-1).transpose(0, 1));
            first += count;
        }
        return (cat([.. results], 0), cat([.. sums], 0));
    }

    /// <summary>The largest difference as a share of the largest number, so that it does not depend on the shape.</summary>
    private static void Compare(string name, Tensor actual, Tensor expected)
    {
        var error = actual.to(ScalarType.Float32).sub(expected).abs().max().div(expected.abs().max()).cpu().item<float>();
        // Not "greater than", which a NaN is not.
        if (!(error <= Tolerance))
            throw new InvalidDataException($"{name} is off by {error:0.###} of the largest number");
    }
}
