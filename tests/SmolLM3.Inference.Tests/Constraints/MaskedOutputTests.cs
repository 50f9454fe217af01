using System.Text.Json.Nodes;
using SmolLM3.Inference.Constraints;
using SmolLM3.Inference.Tests.Tokenization;

namespace SmolLM3.Inference.Tests.Constraints;

public sealed class MaskedOutputTests
{
    private const int Schemas = 120;

    [Fact]
    public void MaskedOutput_RandomSchemasAndChoices_ParsesAndValidates()
    {
        int nonTrivial = 0;
        foreach (var (schema, text) in Outputs(1))
        {
            JsonNode? value = Parse(text);
            Assert.True(SchemaValidator.IsValid(schema, schema, value), $"{schema.ToJsonString()}\n{text}");
            nonTrivial += text.Length > 8 ? 1 : 0;
        }

        Assert.True(nonTrivial > Schemas);
    }

    [Fact]
    public async Task MaskedOutput_RandomSchemasAndChoices_SatisfiesAjv()
    {
        var (installed, reason) = await Ajv.TryInstallAsync();
        if (installed is null)
            Assert.Skip($"Not checked with ajv, only with this project's own validator: {reason}");
        Assert.Empty(await Ajv.FailuresAsync(installed, Outputs(2)));
    }

    [Fact]
    public void FillMask_AnyState_AllowsExactlyTheTokensThatCanBeAcceptedWithinTheBudget()
    {
        var random = new Random(3);
        var schemas = new RandomSchema(random);
        for (int i = 0; i < 60; i++)
        {
            JsonObject schema = schemas.Next();
            ConstraintState state = ConstraintRun.Compiler.Compile(schema).Start();
            for (int step = random.Next(12); step >= 0 && !state.IsComplete; step--)
            {
                int budget = random.Next(2) == 0 ? int.MaxValue : state.TokensToEnd + random.Next(10);
                List<int> allowed = AssertExact(state, budget, schema.ToJsonString());
                if (allowed.Count == 0)
                    break;
                state.Accept(allowed[random.Next(allowed.Count)]);
            }
        }
    }

    [Theory]
    [InlineData("{\"a\": 1, \"")]
    [InlineData("{\"a\": 1, \"a")]
    [InlineData("{\"the\": 1, \"a\": 2, \"th")]
    [InlineData("{\"the\": 1, \"a\": 2, \"the")]
    [InlineData("{\"a\": 1,")]
    [InlineData("{\"a\": 1")]
    [InlineData("{\"b")]
    public void FillMask_AmongMadeUpKeys_AllowsNoneTwice(string text)
    {
        const string Schema = """{"type":"object","properties":{"declared":{}},"additionalProperties":{"type":"integer"}}""";
        ConstraintState state = ConstraintRun.Compiler.Compile(JsonNode.Parse(Schema)!).Start();
        foreach (int token in Tokenizers.Reference.Encode(text))
            state.Accept(token);
        foreach (int spare in (int[])[0, 1, 2, 3, 1000])
            AssertExact(state, state.TokensToEnd + spare, text);
    }

    /// <summary>So many keys that the mask can no longer leave their number out of account.</summary>
    [Theory]
    [InlineData(61)]
    [InlineData(62)]
    [InlineData(63)]
    public void FillMask_AmongTheMostKeys_IsExact(int keys)
    {
        JsonNode schema = JsonNode.Parse("""{"type":"object","additionalProperties":{"type":"null"}}""")!;
        ConstraintState state = ConstraintRun.Compiler.Compile(schema).Start();
        string text = "{" + string.Join(", ", Enumerable.Range(0, keys).Select(i => $"\"k{i}\": null"));
        foreach (string part in (string[])[text, ", ", "\"k", "1", "x\"", ": null"])
        {
            foreach (int token in Tokenizers.Reference.Encode(part))
            {
                if (!state.TryAccept(token))
                    return;
            }

            AssertExact(state, int.MaxValue, part);
            AssertExact(state, state.TokensToEnd + 1, part);
        }
    }

    [Fact]
    public void FillMask_BudgetOfTheFewestTokens_StillEndsTheValue()
    {
        var random = new Random(4);
        var schemas = new RandomSchema(random);
        for (int i = 0; i < Schemas; i++)
        {
            JsonObject schema = schemas.Next();
            JsonConstraint constraint = ConstraintRun.Compiler.Compile(schema);
            string text = ConstraintRun.Random(constraint, random, constraint.MinTokens);
            Assert.True(SchemaValidator.IsValid(schema, schema, Parse(text)), $"{schema.ToJsonString()}\n{text}");
        }
    }

    [Fact]
    public void Clone_GoesItsOwnWay()
    {
        JsonConstraint constraint = ConstraintRun.Compiler.Compile(JsonNode.Parse("""{"type":"boolean"}""")!);
        ConstraintState state = constraint.Start();
        ConstraintState clone = state.Clone();
        foreach (int token in Tokenizers.Reference.Encode("true"))
            state.Accept(token);
        Assert.True(state.IsComplete);
        Assert.False(clone.CanEnd);
        foreach (int token in Tokenizers.Reference.Encode("false"))
            clone.Accept(token);
        Assert.True(clone.IsComplete);
    }

    [Fact]
    public void Accept_TokenThatTheMaskForbids_Throws()
    {
        ConstraintState state = ConstraintRun.Compiler.Compile(JsonNode.Parse("""{"type":"boolean"}""")!).Start();
        Assert.Throws<InvalidOperationException>(() => state.Accept(Tokenizers.Reference.Encode("x")[0]));
        Assert.Throws<InvalidOperationException>(() => state.Accept(ConstraintRun.EndId));
    }

    // The mask against every single token; returns those that go on.
    private static List<int> AssertExact(ConstraintState state, int budget, string where)
    {
        var mask = new ulong[ConstraintRun.Compiler.MaskWords];
        state.FillMask(mask, budget);
        var allowed = new List<int>();
        for (int token = 0; token < Tokenizers.Reference.VocabularySize; token++)
        {
            bool expected = token == ConstraintRun.EndId ? state.CanEnd : CanAccept(state, token, budget);
            Assert.True(expected == ((mask[token >> 6] >> token & 1) != 0), $"{where}: token {token}, budget {budget}");
            if (expected && token != ConstraintRun.EndId)
                allowed.Add(token);
        }

        return allowed;
    }

    private static bool CanAccept(ConstraintState state, int token, int budget)
    {
        ConstraintState clone = state.Clone();
        return clone.TryAccept(token) && clone.TokensToEnd <= budget - 1;
    }

    private static IEnumerable<(JsonObject Schema, string Text)> Outputs(int seed)
    {
        var random = new Random(seed);
        var schemas = new RandomSchema(random);
        for (int i = 0; i < Schemas; i++)
        {
            JsonObject schema = schemas.Next();
            JsonConstraint constraint = ConstraintRun.Compiler.Compile(schema);
            for (int run = 0; run < 3; run++)
                yield return (schema, ConstraintRun.Random(constraint, random, constraint.MinTokens + random.Next(150)));
        }
    }

    private static JsonNode? Parse(string text)
    {
        JsonNode? value = JsonNode.Parse(text);

        // An object throws only when it is looked into if a key comes twice.
        value?.DeepClone();
        return value;
    }
}
