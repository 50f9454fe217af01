namespace SmolLM3.Benchmarks.Measurements;

/// <summary>Schemas that have little in common, and answers to each from a seed.</summary>
internal static class MaskSchemas
{
    public const string Contract = """
        {
          "type": "object",
          "properties": {
            "title": { "type": "string", "maxLength": 200 },
            "parties": {
              "type": "array", "minItems": 1, "maxItems": 5,
              "items": {
                "type": "object", "required": ["name", "role"], "additionalProperties": false,
                "properties": { "name": { "type": "string" }, "role": { "enum": ["supplier", "customer", "other"] } }
              }
            },
            "effective": { "type": ["string", "null"], "pattern": "^\\d{4}-\\d{2}-\\d{2}$" },
            "amount": { "anyOf": [{ "type": "number", "minimum": 0 }, { "type": "null" }] },
            "summary": { "type": "string", "minLength": 10, "maxLength": 100 },
            "notes": { "type": "object", "additionalProperties": { "type": "string" } }
          },
          "required": ["title", "parties", "effective", "amount", "summary"],
          "additionalProperties": false
        }
        """;

    public const string Report = """
        {
          "type": "object",
          "$defs": {
            "section": {
              "type": "object", "required": ["heading", "points"], "additionalProperties": false,
              "properties": {
                "heading": { "type": "string", "minLength": 1, "maxLength": 120 },
                "page": { "type": "integer", "minimum": 1, "maximum": 999 },
                "points": { "type": "array", "maxItems": 12, "items": { "type": "string", "maxLength": 300 } },
                "sections": { "type": "array", "items": { "$ref": "#/$defs/section" } }
              }
            }
          },
          "properties": {
            "reference": { "type": "string", "pattern": "^[A-Z]{2,4}-\\d{3,6}(/\\d+)?$" },
            "language": { "enum": ["en", "de", "fr", "es", "it", "pt"] },
            "confidence": { "type": "number", "minimum": 0, "maximum": 1 },
            "final": { "type": "boolean" },
            "sections": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/section" } }
          },
          "required": ["reference", "language", "confidence", "final", "sections"],
          "additionalProperties": false
        }
        """;

    /// <summary>What is dear to mask: counted patterns of nearly all characters, keys that are made up, values of any kind.</summary>
    public const string Register = """
        {
          "type": "object",
          "properties": {
            "owner": { "type": "string", "pattern": "^[^\\n<>]{1,120}$" },
            "address": { "type": "string", "pattern": "^[A-Za-z0-9 .,'-]+$", "minLength": 5, "maxLength": 200 },
            "entries": {
              "type": "object",
              "additionalProperties": {
                "type": "object", "required": ["code", "text"],
                "properties": { "code": { "type": "string", "pattern": "^[A-Z][A-Za-z]{0,30}( [A-Za-z]{1,30}){0,4}$" }, "text": { "type": "string", "maxLength": 60 } },
                "additionalProperties": { "type": ["string", "number"] }
              }
            },
            "extra": {}
          },
          "required": ["owner", "address", "entries", "extra"],
          "additionalProperties": false
        }
        """;

    public static string RegisterAnswer(string text, Random random)
    {
        string Name(int length) => string.Concat(Words(text, random, length).Where(char.IsAsciiLetter));
        string Plain(int length) =>
            string.Concat(Words(text, random, length).Where(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or ','));
        string entries = string.Join(", ", Enumerable.Range(0, 5).Select(i =>
            $$"""  "{{Name(12)}}{{i}}": {"code": "A{{Name(8)}} {{Name(9)}}", "text": "{{Words(text, random, 50)}}", "{{Name(9)}}": "{{Words(text, random, 20)}}", "n{{i}}": {{random.Next(999)}}.25} """.Trim()));
        return $$"""{"owner": "{{Plain(90)}}", "address": "{{Plain(150)}}", "entries": {""" + entries
            + $$"""}, "extra": {"seen": [1, 2.5, [true, null, {"who": "{{Words(text, random, 60)}}"}]], "by": "{{Words(text, random, 80)}}"} """.TrimEnd() + "}";
    }

    public static string ContractAnswer(string text, Random random)
    {
        string parties = string.Join(
            ", ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => $$"""{"name": "{{Words(text, random, 25)}}", "role": "supplier"}"""));
        string notes = $$"""{"first": "{{Words(text, random, 300)}}", "second": "{{Words(text, random, 100)}}"} """;
        return $$"""{"title": "{{Words(text, random, 60)}}", "parties": [{{parties}}], "effective": "2024-05-06", "amount": {{random.Next(100_000)}}.5, """
            + $"\"summary\": \"{Words(text, random, 80)}0123456789\", \"notes\": {notes.TrimEnd()}}}";
    }

    public static string ReportAnswer(string text, Random random)
    {
        string Points() =>
            string.Join(", ", Enumerable.Range(0, random.Next(1, 5)).Select(_ => $"\"{Words(text, random, random.Next(40, 250))}\""));
        string Section(int depth)
        {
            string below = depth > 0 ? $", \"sections\": [{Section(depth - 1)}]" : "";
            return $$"""{"heading": "{{Words(text, random, 40)}}", "page": {{random.Next(1, 1000)}}, "points": [{{Points()}}]{{below}}}""";
        }

        return $$"""{"reference": "ABC-{{random.Next(100, 999_999)}}/7", "language": "de", "confidence": 0.{{random.Next(10, 99)}}, "final": true, """
            + $"\"sections\": [{Section(1)}, {Section(0)}]}}";
    }

    private static string Words(string text, Random random, int length)
    {
        int start = random.Next(text.Length - length);
        return "x" + string.Concat(text.Substring(start, length).Where(c => c is >= ' ' and not '"' and not '\\')).Trim();
    }
}
