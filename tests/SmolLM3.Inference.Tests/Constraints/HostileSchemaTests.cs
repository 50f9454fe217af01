using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmolLM3.Inference.Constraints;

namespace SmolLM3.Inference.Tests.Constraints;

/// <summary>Schemas made to exhaust stack, memory or patience: each is compiled soon, or refused with a reason.</summary>
public sealed class HostileSchemaTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string, string> Schemas => new()
    {
        { "a chain of references", Chain(i => $"{{\"$ref\":\"#/$defs/d{i + 1}\"}}") },
        { "a chain of arrays", Chain(i => $"{{\"type\":\"array\",\"items\":{{\"$ref\":\"#/$defs/d{i + 1}\"}}}}") },
        { "a chain of choices", Chain(i => $"{{\"anyOf\":[{{\"$ref\":\"#/$defs/d{i + 1}\"}},{{\"type\":\"null\"}}]}}") },
        { "nested groups", Pattern(new string('(', 100_000) + new string(')', 100_000)) },
        { "nested repeats", Pattern("(?:(?:(?:a{999}){999}){999}){999}") },
        { "a long repeat", Pattern("a{1000000000}") },
        { "many optional parts", Pattern("^(a?){5000}a{5000}$") },
        { "a pattern of exponentially many states", Pattern("(a|b)*a(a|b){40}") },
        { "a long pattern", Pattern(string.Concat(Enumerable.Repeat("[a-z]*x", 20_000))) },
        { "a counted pattern", """{"type":"string","pattern":"^[a-z ]*$","minLength":900000}""" },
        { "a long array", """{"type":"array","items":{"type":"array","items":{},"maxItems":10000},"minItems":10000,"maxItems":10000}""" },
        { "huge numbers", """{"type":"number","minimum":-1e300,"maximum":1e300}""" },
        { "fine numbers", """{"type":"number","minimum":1e-300,"maximum":2e-300}""" },
        { "many values", $$"""{"enum":[{{string.Join(",", Enumerable.Range(0, 20_000))}}]}""" },
        { "many properties", $"{{\"type\":\"object\",\"properties\":{{{string.Join(",", Enumerable.Range(0, 2_000).Select(i => $"\"p{i}\":{{\"type\":\"string\"}}"))}}},\"required\":[\"p1999\"]}}" },
        { "many required properties", $"{{\"type\":\"object\",\"properties\":{{{string.Join(",", Enumerable.Range(0, 2_000).Select(i => $"\"p{i}\":{{\"type\":\"null\"}}"))}}},\"required\":[{string.Join(",", Enumerable.Range(0, 2_000).Select(i => $"\"p{i}\""))}]}}" },
    };

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Compile_HostileSchema_EndsSoonWithAConstraintOrAReason(string what, string schema)
    {
        JsonNode node = JsonNode.Parse(schema, documentOptions: new JsonDocumentOptions { MaxDepth = 1_000 })!;
        var clock = Stopwatch.StartNew();
        string outcome = "";
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            JsonConstraint constraint = ConstraintRun.Compiler.Compile(node);
            if (constraint.MinTokens <= 2_000)
                ConstraintRun.Random(constraint, new Random(1), constraint.MinTokens + 50);
        }
        catch (JsonSchemaException e)
        {
            outcome = e.Message[..Math.Min(e.Message.Length, 200)];
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{what}: {clock.Elapsed}, {GC.GetAllocatedBytesForCurrentThread() - before >> 20} MB, {outcome}");
        Assert.True(clock.Elapsed < Patience, $"{what} took {clock.Elapsed}");
    }

    private static string Pattern(string pattern) => new JsonObject { ["type"] = "string", ["pattern"] = pattern }.ToJsonString();

    private static string Chain(Func<int, string> link) =>
        $"{{\"$ref\":\"#/$defs/d0\",\"$defs\":{{{string.Join(",", Enumerable.Range(0, 20_000).Select(i => $"\"d{i}\":{link(i)}"))},\"d20000\":{{}}}}}}";
}
