using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Tests.Constraints;

/// <summary>Each keyword by what it lets pass, byte by byte, and what it stops.</summary>
public sealed class SchemaKeywordTests
{
    [Theory]
    [InlineData("""{"type":"null"}""", "null")]
    [InlineData("""{"type":"boolean"}""", "true")]
    [InlineData("""{"type":["string","null"]}""", "null")]
    [InlineData("""{"type":["string","null"]}""", "\"x\"")]
    [InlineData("true", """{"a": [1, -2.5, null, {"b": "c"}]}""")]
    [InlineData("{}", "[]")]
    [InlineData("""{"const":{"a":[1,"é"]}}""", """{"a": [1, "é"]}""")]
    [InlineData("""{"enum":["red","green",1]}""", "\"green\"")]
    [InlineData("""{"type":"string","enum":["red",1]}""", "\"red\"")]
    [InlineData("""{"type":"string"}""", "\"\"")]
    [InlineData("""{"type":"string"}""", "\"é 🙂 \\n \\\" \\u00e9 \\ud7ff /\"")]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"é🙂\"")]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"a\\nb\"")]
    [InlineData("""{"type":"string","pattern":"^\\d{4}-\\d{2}$"}""", "\"2024-05\"")]
    [InlineData("""{"type":"string","pattern":"b+"}""", "\"abba\"")]
    [InlineData("""{"type":"string","pattern":"^[^x]$"}""", "\"\\n\"")]
    [InlineData("""{"type":"string","pattern":"^[^x]$"}""", "\"🙂\"")]
    [InlineData("""{"type":"string","pattern":"^(a|é)*$","minLength":3}""", "\"aéa\"")]
    [InlineData("""{"type":"integer"}""", "-120")]
    [InlineData("""{"type":"integer","minimum":-5,"maximum":13}""", "-5")]
    [InlineData("""{"type":"integer","minimum":-5,"maximum":13}""", "13")]
    [InlineData("""{"type":"number"}""", "0.25")]
    [InlineData("""{"type":"number","minimum":0.5,"exclusiveMaximum":2}""", "0.5")]
    [InlineData("""{"type":"number","minimum":0.5,"exclusiveMaximum":2}""", "1.999999")]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", "[1, 2,3]")]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", "[]")]
    [InlineData("""{"type":"array","items":{"type":"null"},"minItems":1,"maxItems":2}""", "[null, null]")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"null"},{"type":"boolean"}],"items":{"type":"integer"}}""", "[null, true, 3, 4]")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"null"}],"items":false}""", "[null]")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}},"required":["b"]}""", """{"b": null}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}},"required":["b"]}""", """{"a": null,"b":null}""")]
    [InlineData("""{"type":"object","properties":{"naïve \"x\"":{"type":"null"}}}""", """{"naïve \"x\"": null}""")]
    [InlineData("""{"type":"object","required":["z"]}""", """{"z": 1, "other": 2}""")]
    [InlineData("""{"type":"object","properties":{"ab":{"type":"null"}},"additionalProperties":{"type":"integer"}}""", """{"ab": null, "a": 1, "abc": 2, "c": 3}""")]
    [InlineData("""{"type":"object","properties":{"ab":{"type":"null"}},"additionalProperties":{"type":"integer"}}""", """{"abc": 2}""")]
    [InlineData("""{"anyOf":[{"type":"null"},{"type":"object","properties":{"a":{"const":1}},"required":["a"]}]}""", """{"a": 1}""")]
    [InlineData("""{"oneOf":[{"type":"null"},{"type":"integer"}]}""", "7")]
    [InlineData("""{"oneOf":[{"type":"object","properties":{"kind":{"const":"a"}},"required":["kind"]},{"type":"object","properties":{"kind":{"const":"b"},"n":{"type":"integer"}},"required":["kind","n"]}]}""", """{"kind": "b", "n": 3}""")]
    [InlineData("""{"$defs":{"t":{"type":"object","properties":{"next":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/t"}]}},"required":["next"]}},"$ref":"#/$defs/t"}""", """{"next": {"next": null}}""")]
    [InlineData("""{"$defs":{"a/b~c":{"type":"null"}},"$ref":"#/$defs/a~1b~0c"}""", "null")]
    [InlineData("""{"title":"t","description":"d","$comment":"c","default":1,"examples":[1],"$id":"urn:x","type":"null"}""", "null")]
    public void Compile_Schema_LetsAValidValuePass(string schema, string text) => Assert.True(Allows(schema, text));

    [Theory]
    [InlineData("""{"type":"null"}""", "true")]
    [InlineData("""{"type":"string"}""", "1")]
    [InlineData("""{"type":"string"}""", "\"a\nb\"")]
    [InlineData("""{"type":"string"}""", "\"\\x\"")]
    [InlineData("""{"type":"string"}""", "\"\\ud83d\"")]
    [InlineData("""{"type":"string"}""", "\"unclosed")]
    [InlineData("""{"enum":["red","green"]}""", "\"re\"")]
    [InlineData("""{"type":"integer","enum":["red",1]}""", "\"red\"")]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"🙂\"")]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"abcd\"")]
    [InlineData("""{"type":"string","pattern":"^\\d{4}-\\d{2}$"}""", "\"2024-5\"")]
    [InlineData("""{"type":"string","pattern":"^(a|é)*$","minLength":3}""", "\"aé\"")]
    [InlineData("""{"type":"integer"}""", "01")]
    [InlineData("""{"type":"integer"}""", "1.5")]
    [InlineData("""{"type":"integer"}""", "-0")]
    [InlineData("""{"type":"integer"}""", "1234567890123456")]
    [InlineData("""{"type":"integer","minimum":-5,"maximum":13}""", "14")]
    [InlineData("""{"type":"integer","minimum":-5,"maximum":13}""", "-6")]
    [InlineData("""{"type":"integer","exclusiveMinimum":3}""", "3")]
    [InlineData("""{"type":"number","minimum":0.5,"exclusiveMaximum":2}""", "0.49")]
    [InlineData("""{"type":"number","minimum":0.5,"exclusiveMaximum":2}""", "2.0")]
    [InlineData("""{"type":"number"}""", "1.")]
    [InlineData("""{"type":"number"}""", ".5")]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", "[1,]")]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", "[1,  2]")]
    [InlineData("""{"type":"array","items":{"type":"null"},"minItems":1,"maxItems":2}""", "[]")]
    [InlineData("""{"type":"array","items":{"type":"null"},"minItems":1,"maxItems":2}""", "[null, null, null]")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"null"}],"items":false}""", "[null, null]")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}},"required":["b"]}""", """{"a": null}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"}},"additionalProperties":false}""", """{"b": null}""")]
    [InlineData("""{"type":"object","properties":{"a":false,"b":{"type":"null"}}}""", """{"a": 1}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"integer"}}""", """{"a": 1, "a": 2}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"integer"}}""", """{"a": "x"}""")]
    [InlineData("""{"type":"object","properties":{"ab":{"type":"null"}},"additionalProperties":{"type":"integer"}}""", """{"c": 1, "ab": 2}""")]
    [InlineData("""{"type":"null"}""", "null ")]
    public void Compile_Schema_StopsAnInvalidValue(string schema, string text) => Assert.False(Allows(schema, text));

    [Fact]
    public void Compile_NestingWithoutEnd_StopsWhereReadersDo()
    {
        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
        Assert.True(Allows("true", Nested(64)));
        Assert.False(Allows("true", Nested(65)));
    }

    private static bool Allows(string schema, string text) =>
        ConstraintRun.Allows(ConstraintRun.Compiler.Compile(JsonNode.Parse(schema)!), text);
}
