using SmolLM3.Inference.Constraints;
using SmolLM3.Inference.Tests.Constraints;
using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Tests.Engine;

public sealed class ConstrainedGenerationTests
{
    /// <summary>Whatever weights, schema and sampling, and with hardly any tokens to spare.</summary>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    public async Task MaskedOutputAlwaysValidates(int seed, ulong weights)
    {
        var random = new Random(seed);
        var schemas = new RandomSchema(random);
        await using var engine = await TextEngine.LoadAsync(seed: weights);
        var requests = Enumerable.Range(0, 60).Select(i =>
        {
            var schema = schemas.Next();
            return new GenerationRequest
            {
                Prompt = engine.Tokenizer.Encode("The parties agree:"),
                MaxTokens = ConstraintRun.Compiler.Compile(schema).MinTokens + 2 + random.Next(40),
                JsonSchema = schema,
                Thinking = i % 5 == 0,
                Sampling = i % 3 == 0 ? SamplingOptions.Greedy : new() { Temperature = 1 + i % 2, TopP = 0.95, Seed = (ulong)i },
            };
        }).ToList();
        var results = await TestEngine.TogetherAsync(engine, requests);
        Assert.All(requests.Zip(results), pair =>
        {
            var (request, result) = pair;
            Assert.True(
                SchemaValidator.IsValid(request.JsonSchema!, request.JsonSchema, JsonNode.Parse(result.Text)),
                $"{result.Text} ({result.FinishReason}, {string.Join(",", result.TokenIds)} of {request.MaxTokens})\n{request.JsonSchema!.ToJsonString()}");
            Assert.True(result.TokenIds.Count <= request.MaxTokens);
            Assert.Equal(request.Thinking, result.Thinking is not null);
        });
        if (await Ajv.TryInstallAsync() is { Folder: { } installed })
            Assert.Empty(await Ajv.FailuresAsync(
                installed, requests.Zip(results, (request, result) => ((JsonObject)request.JsonSchema!, result.Text))));
    }

    [Fact]
    public async Task GenerateAsync_UnsupportedKeyword_IsNamed()
    {
        await using var engine = await TextEngine.LoadAsync();
        var request = new GenerationRequest { Prompt = [1], MaxTokens = 10, JsonSchema = JsonNode.Parse(
            """{"type":"object","patternProperties":{}}""") };
        Assert.Contains("patternProperties", (await Assert.ThrowsAsync<JsonSchemaException>(() => engine.GenerateAsync(request))).Message);
    }

    [Fact]
    public async Task GenerateAsync_TooFewTokensForTheSchema_SaysHowManyItTakes()
    {
        await using var engine = await TextEngine.LoadAsync();
        var request =
            new GenerationRequest { Prompt = [1], MaxTokens = 5, JsonSchema = JsonNode.Parse("""{"const":"a long enough string"}""") };
        Assert.Contains("MaxTokens is 5", (await Assert.ThrowsAsync<ArgumentException>(() => engine.GenerateAsync(request))).Message);
    }
}
