using SmolLM3.Inference.Rope;
using System.Text.Json;
using TorchSharp;

namespace SmolLM3.Inference.Tests.Rope;

public sealed class RopeTests
{
    private static readonly ModelConfig SmolLM3 = ModelShapes.Get("smollm3-3b");

    [Theory]
    [InlineData("default", 65_536)]
    [InlineData("yarn-128k", 65_537)]
    [InlineData("yarn-256k", 131_073)]
    public void Rotations_ReferenceTables_Agree(string name, int tokens)
    {
        using var document = JsonDocument.Parse(ReferenceFiles.Open("rope-tables-smollm3-3b.json"));
        var expected = document.RootElement.GetProperty(name);
        var policy = new RopePolicy(SmolLM3);
        var kind = policy.KindFor(tokens);
        Assert.Equal(expected.GetProperty("attention_scaling").GetDouble(), policy.Tables[kind].AttentionScaling, 1e-12);
        AssertClose(Floats(expected.GetProperty("inv_freq")), policy.Tables[kind].InverseFrequencies, relative: 1.2e-7);

        using var frequencies = new RopeFrequencies(policy.Tables, torch.CPU);
        var positions = Floats(expected.GetProperty("positions"));
        using var rows = torch.tensor(positions.Select(position => (long)position).ToArray());
        using var kinds = torch.full([positions.Length], kind, torch.ScalarType.Int64);
        var (cos, sin) = frequencies.Rotations(rows, kinds, torch.ScalarType.Float32);
        using (cos)
        using (sin)
        {
            var half = SmolLM3.HeadSize / 2;
            for (var i = 0; i < positions.Length; i++)
            {
                // A frequency may differ by its last bit, which a far position multiplies.
                var tolerance = 1e-6 + positions[i] * 1.5e-9;
                AssertWithin(Floats(expected.GetProperty("cos")[i]), cos[i, 0].data<float>().ToArray(), tolerance);
                var signed = sin[i, 0].data<float>().ToArray();
                AssertWithin(
                    Floats(expected.GetProperty("sin")[i]), [.. signed[..half].Select(value => -value), .. signed[half..]], tolerance);
            }
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(65_536, 0)]
    [InlineData(65_537, 1)]
    [InlineData(131_072, 1)]
    [InlineData(131_073, 2)]
    [InlineData(262_144, 2)]
    public void KindFor_Length_TakesTheSmallestThatCovers(int tokens, int kind)
        => Assert.Equal(kind, new RopePolicy(SmolLM3).KindFor(tokens));

    [Fact]
    public void KindFor_BeyondTheLargest_Throws()
        => Assert.Throws<ArgumentOutOfRangeException>(() => new RopePolicy(SmolLM3).KindFor(262_145));

    [Fact]
    public void ContextLength_CheckpointStatesYarn_ItsOwnHolds()
    {
        var policy = new RopePolicy(SmolLM3 with { Yarn = new() { Factor = 2, OriginalMaxPositionEmbeddings = 65_536 } });
        Assert.Equal(131_072, policy.ContextLength);
        Assert.Equal(0, policy.KindFor(100));
    }

    [Fact]
    public void ContextLength_Llama_IsNotStretched()
        => Assert.Equal(65_536, new RopePolicy(SmolLM3 with { ModelType = "llama" }).ContextLength);

    private static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];

    private static void AssertClose(float[] expected, float[] actual, double relative)
        => Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First * (1 - relative), pair.First * (1 + relative)));

    private static void AssertWithin(float[] expected, float[] actual, double tolerance)
        => Assert.InRange(expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max(), 0, tolerance);
}
