using static TorchSharp.torch.nn.functional;

namespace Local.TorchSharp.Tests.Operations;

/// <summary>Every operation against what PyTorch gives, on dense tensors and on strided views of the same values.</summary>
public sealed class OperationTests
{
    public static TheoryData<string> Operations => [.. OperationCase.All.Select(c => c.Operation).Distinct()];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_OnDenseTensors_GivesWhatPyTorchGives(string operation) => Check(operation, tensor => tensor);

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_OnStridedViews_GivesWhatPyTorchGives(string operation) => Check(operation, Views.Strided);

    private static void Check(string operation, Func<Tensor, Tensor> view)
    {
        using var scope = NewDisposeScope();
        foreach (var item in OperationCase.All.Where(c => c.Operation == operation))
        {
            var actual = Run(item, [.. item.Inputs().Select(view)]);
            var expected = item.Results();
            Assert.Equal(expected.Length, actual.Length);
            for (var i = 0; i < actual.Length; i++) AssertClose(expected[i], actual[i], item);
        }
    }

    private static void AssertClose(Tensor expected, Tensor actual, OperationCase item)
    {
        Assert.True(expected.dtype == actual.dtype, $"type {actual.dtype} instead of {expected.dtype}: {item}");
        Assert.Equal(expected.shape, actual.shape);
        var (e, a) = (Values(expected), Values(actual));
        for (var i = 0; i < e.Length; i++)
        {
            var close = e[i].Equals(a[i]) || e[i] == a[i] || Math.Abs(e[i] - a[i]) <= item.Tolerance * Math.Max(1, Math.Abs(e[i]));
            Assert.True(close, $"element {i} is {a[i]:R} instead of {e[i]:R}: {item}");
        }
    }

    private static double[] Values(Tensor tensor) => tensor.to(ScalarType.Float64).data<double>().ToArray();

    private static Tensor[] Run(OperationCase c, Tensor[] x) => c.Operation switch
    {
        "add" => [x[0] + x[1]],
        "sub" => [x[0] - x[1]],
        "mul" => [x[0] * x[1]],
        "div" => [x[0] / x[1]],
        "remainder" => [x[0] % x[1]],
        "maximum" => [x[0].maximum(x[1])],
        "floor_divide" => [x[0].div(x[1], RoundingMode.floor)],
        "lt" => [x[0] < x[1]],
        "ge" => [x[0] >= x[1]],
        "eq" => [x[0] == x[1]],
        "add_scalar" => [x[0] + c.Real("value")],
        "mul_scalar" => [x[0] * c.Real("value")],
        "div_scalar" => [x[0] / c.Real("value")],
        "gt_scalar" => [x[0] > c.Real("value")],
        "pow_scalar" => [x[0].pow(c.Real("value"))],
        "exp" => [x[0].exp()],
        "silu" => [silu(x[0])],
        "sigmoid" => [x[0].sigmoid()],
        "relu" => [x[0].relu()],
        "neg" => [x[0].neg()],
        "abs" => [x[0].abs()],
        "floor" => [x[0].floor()],
        "ceil" => [x[0].ceil()],
        "round" => [x[0].round()],
        "tanh" => [x[0].tanh()],
        "cos" => [x[0].cos()],
        "sin" => [x[0].sin()],
        "reciprocal" => [x[0].reciprocal()],
        "sqrt" => [x[0].sqrt()],
        "rsqrt" => [x[0].rsqrt()],
        "log" => [x[0].log()],
        "mean" => [x[0].mean(c.Integers("dims"))],
        "sum" => [x[0].sum(c.Integers("dims"))],
        "amax" => [x[0].amax(c.Integers("dims"))],
        "softmax" => [x[0].softmax(c.Integer("dim"))],
        "log_softmax" => [log_softmax(x[0], c.Integer("dim"))],
        "cumsum" => [x[0].cumsum(c.Integer("dim"))],
        "matmul" => [x[0].matmul(x[1])],
        "linear" => [linear(x[0], x[1], x.ElementAtOrDefault(2))],
        "attention" => [scaled_dot_product_attention(x[0], x[1], x[2], x.ElementAtOrDefault(3))],
        "causal_attention" => [scaled_dot_product_attention(x[0], x[1], x[2], is_casual: true)],
        "to" => [x[0].to(OperationCase.TypeOf(c["type"].GetValue<string>()))],
        "isnan" => [x[0].isnan()],
        "isinf" => [x[0].isinf()],
        "isfinite" => [x[0].isfinite()],
        "sort" => Pair(x[0].sort(c.Integer("dim"), c["descending"].GetValue<bool>(), stable: true)),
        "topk" => Pair(x[0].topk((int)c.Integer("k"), (int)c.Integer("dim"), c["largest"].GetValue<bool>())),
        "argmax" => [x[0].argmax(c.Integer("dim"))],
        "argmin" => [x[0].argmin(c.Integer("dim"))],
        "max_dim" => Pair(x[0].max(c.Integer("dim"))),
        "tril" => [x[0].tril(c.Integer("diagonal"))],
        "triu" => [x[0].triu(c.Integer("diagonal"))],
        "masked_fill" => [x[0].masked_fill(x[1], c.Real("value"))],
        "where" => [where(x[0], x[1], x[2])],
        "index_select" => [x[0].index_select(c.Integer("dim"), x[1])],
        "index_copy" => [x[0].index_copy(c.Integer("dim"), x[1], x[2])],
        "index_add" => [x[0].index_add(c.Integer("dim"), x[1], x[2], c.Integer("alpha"))],
        "gather" => [x[0].gather(c.Integer("dim"), x[1])],
        "scatter" => [x[0].scatter(c.Integer("dim"), x[1], x[2])],
        "cat" => [cat(x, c.Integer("dim"))],
        "stack" => [stack(x, c.Integer("dim"))],
        "nonzero" => [x[0].nonzero()],
        "repeat" => [x[0].repeat(c.Integers("sizes"))],
        "repeat_interleave" => [x[0].repeat_interleave(c.Integer("repeats"), c.Integer("dim"))],
        "arange" => [Arange(c)],
        "rand" => [Seeded(c, size => rand(size))],
        "randn" => [Seeded(c, size => randn(size))],
        var operation => throw new NotSupportedException($"No test runs {operation}."),
    };

    private static Tensor[] Pair((Tensor, Tensor) pair) => [pair.Item1, pair.Item2];

    private static Tensor Arange(OperationCase c)
    {
        Scalar Number(string name) => c[name].ToJsonString().Contains('.') ? (Scalar)c.Real(name) : (Scalar)c.Integer(name);
        return arange(Number("start"), Number("stop"), Number("step"));
    }

    private static Tensor Seeded(OperationCase c, Func<long, Tensor> draw)
    {
        var state = torch.random.initial_seed();
        lock (Generator.Default)
        {
            manual_seed(c.Integer("seed"));
            var result = draw(c.Integer("size"));
            manual_seed(state);
            return result;
        }
    }
}
