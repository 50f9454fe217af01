using System.Text.Json.Nodes;
using SmolLM3.Inference.Constraints;

namespace SmolLM3.Inference.Tests.Constraints;

/// <summary>What is not understood is refused by name and place, never ignored.</summary>
public sealed class SchemaErrorTests
{
    [Theory]
    [InlineData("multipleOf", "2")]
    [InlineData("format", "\"date\"")]
    [InlineData("uniqueItems", "true")]
    [InlineData("contains", "{}")]
    [InlineData("minContains", "1")]
    [InlineData("maxContains", "1")]
    [InlineData("minProperties", "1")]
    [InlineData("maxProperties", "1")]
    [InlineData("patternProperties", "{}")]
    [InlineData("propertyNames", "{}")]
    [InlineData("dependentRequired", "{}")]
    [InlineData("dependentSchemas", "{}")]
    [InlineData("unevaluatedProperties", "false")]
    [InlineData("unevaluatedItems", "false")]
    [InlineData("allOf", "[{}]")]
    [InlineData("not", "{}")]
    [InlineData("if", "{}")]
    [InlineData("then", "{}")]
    [InlineData("else", "{}")]
    [InlineData("$anchor", "\"a\"")]
    [InlineData("$dynamicRef", "\"#a\"")]
    [InlineData("$dynamicAnchor", "\"a\"")]
    [InlineData("$id", "\"urn:nested\"")]
    [InlineData("contentEncoding", "\"base64\"")]
    [InlineData("x-unknown", "1")]
    public void Compile_UnsupportedKeyword_IsNamedWithItsPlace(string keyword, string argument)
    {
        JsonSchemaException error = Error($$"""{"type":"object","properties":{"a/b":{ "{{keyword}}": {{argument}} } } }""");
        Assert.Equal(keyword, error.Keyword);
        Assert.Equal($"/properties/a~1b/{keyword}", error.Pointer);
        Assert.Contains($"'{keyword}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("#/properties/a~1b/", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"$ref":"#/$defs/a","minLength":1,"$defs":{"a":{}}}""", "minLength", "beside '$ref'")]
    [InlineData("""{"anyOf":[{}],"type":"string"}""", "type", "beside 'anyOf'")]
    [InlineData("""{"enum":["a"],"maxLength":1}""", "maxLength", "beside 'enum'")]
    [InlineData("""{"$ref":"other.json"}""", "$ref", "'other.json'")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "$ref", "leads nowhere")]
    [InlineData("""{"oneOf":[{"type":"number"},{"type":"integer"}]}""", "oneOf", "may overlap")]
    [InlineData("""{"oneOf":[{"type":"object"},{"type":"object"}]}""", "oneOf", "may overlap")]
    [InlineData("""{"pattern":"(?=a)"}""", "pattern", "look-around")]
    [InlineData("""{"pattern":"\\bword"}""", "pattern", "'\\b'")]
    [InlineData("""{"pattern":"(a)\\1"}""", "pattern", "'\\1'")]
    [InlineData("""{"pattern":"a^b"}""", "pattern", "'^' inside")]
    [InlineData("""{"pattern":"(a"}""", "pattern", "regular expression")]
    [InlineData("""{"pattern":"[b-a]"}""", "pattern", "backwards")]
    [InlineData("""{"type":"strnig"}""", "type", "must be")]
    [InlineData("""{"minLength":-1}""", "minLength", "non-negative integer")]
    [InlineData("""{"minimum":"1"}""", "minimum", "a number")]
    [InlineData("""{"type":"number","minimum":1e-300,"maximum":2e-300}""", "minimum", "close to 0")]
    [InlineData("""{"pattern":"a{2}{3}"}""", "pattern", "quantifier")]
    [InlineData("""{"enum":[]}""", "enum", "non-empty array")]
    [InlineData("""{"properties":[]}""", "properties", "an object")]
    [InlineData("""{"required":[1]}""", "required", "strings")]
    public void Compile_BadUseOfAKeyword_SaysWhatIsWrong(string schema, string keyword, string message)
    {
        JsonSchemaException error = Error(schema);
        Assert.Equal(keyword, error.Keyword);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("""{"type":"string","enum":[1]}""")]
    [InlineData("""{"type":"string","minLength":3,"maxLength":2}""")]
    [InlineData("""{"type":"integer","minimum":3,"exclusiveMaximum":3}""")]
    [InlineData("""{"type":"number","minimum":1e300}""")]
    [InlineData("""{"type":"integer","exclusiveMaximum":-1e40}""")]
    [InlineData("""{"type":"array","minItems":1,"items":false}""")]
    [InlineData("""{"type":"object","required":["a"],"additionalProperties":false}""")]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""")]
    [InlineData("""{"type":"string","pattern":"^a$","minLength":2}""")]
    public void Compile_SchemaThatNothingSatisfies_SaysSo(string schema) =>
        Assert.Contains("no value satisfies it", Error(schema).Message, StringComparison.Ordinal);

    [Fact]
    public void Compile_SameSchemaTwice_IsKept()
    {
        static JsonNode Schema() => JsonNode.Parse("""{"type":"integer","maximum":41}""")!;
        Assert.Same(ConstraintRun.Compiler.Compile(Schema()), ConstraintRun.Compiler.Compile(Schema()));
    }

    [Fact]
    public void Compile_ManySchemas_KeepsWorking()
    {
        for (int i = 0; i < 200; i++)
            Assert.True(ConstraintRun.Allows(ConstraintRun.Compiler.Compile(JsonNode.Parse($$"""{"const":{{i}}}""")!), $"{i}"));
    }

    private static JsonSchemaException Error(string schema) =>
        Assert.Throws<JsonSchemaException>(() => ConstraintRun.Compiler.Compile(JsonNode.Parse(schema)!));
}
