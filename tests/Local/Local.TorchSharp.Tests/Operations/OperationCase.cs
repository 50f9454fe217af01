using System.Text.Json;
using System.Text.Json.Nodes;

namespace Local.TorchSharp.Tests.Operations;

/// <summary>One case of Fixtures/operations.json: what PyTorch computed for given tensors and arguments.</summary>
internal sealed class OperationCase(JsonNode json)
{
    private static readonly Lazy<IReadOnlyList<OperationCase>> Cases = new(Load);

    public static IReadOnlyList<OperationCase> All => Cases.Value;

    public string Operation { get; } = json["op"]!.GetValue<string>();

    public double Tolerance { get; } = json["tolerance"]!.GetValue<double>();

    public Tensor[] Inputs() => Tensors("inputs");

    public Tensor[] Results() => Tensors("results");

    public JsonNode this[string argument] =>
        json["arguments"]![argument] ?? throw new KeyNotFoundException($"{Operation} has no argument {argument}.");

    public bool Has(string argument) => json["arguments"]![argument] is not null;

    public long Integer(string argument) => this[argument].GetValue<long>();

    public double Real(string argument) => Number(this[argument]);

    public long[] Integers(string argument) => [.. this[argument].AsArray().Select(n => n!.GetValue<long>())];

    public override string ToString() => json.ToJsonString();

    public static ScalarType TypeOf(string name) => name switch
    {
        "f32" => ScalarType.Float32,
        "bf16" => ScalarType.BFloat16,
        "f16" => ScalarType.Float16,
        "f64" => ScalarType.Float64,
        "i64" => ScalarType.Int64,
        "bool" => ScalarType.Bool,
        _ => throw new ArgumentException($"Unknown type {name}.", nameof(name)),
    };

    private static IReadOnlyList<OperationCase> Load()
    {
        using var stream = typeof(OperationCase).Assembly.GetManifestResourceStream("operations.json")!;
        return [.. JsonNode.Parse(stream)!.AsArray().Select(node => new OperationCase(node!))];
    }

    private static double Number(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.String => node.GetValue<string>() switch
        {
            "nan" => double.NaN,
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            var text => throw new FormatException($"Not a number: {text}"),
        },
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => node.GetValue<double>(),
    };

    private Tensor[] Tensors(string name) => [.. json[name]!.AsArray().Select(node => Parse(node!))];

    private static Tensor Parse(JsonNode node)
    {
        var values = node["data"]!.AsArray().Select(n => Number(n!)).ToArray();
        var shape = node["shape"]!.AsArray().Select(n => n!.GetValue<long>()).ToArray();
        return tensor(values, shape, dtype: TypeOf(node["type"]!.GetValue<string>()));
    }
}
