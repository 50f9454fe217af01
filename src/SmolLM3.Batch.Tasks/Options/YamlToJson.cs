using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SmolLM3.Batch.Tasks.Options;

/// <summary>
/// Reads one YAML document as JSON, event by event. Anchors and aliases are refused (a few lines of them can unfold to gigabytes), and
/// nothing is ever instantiated by a tag.
/// </summary>
internal static class YamlToJson
{
    private const int MaxDepth = 16;

    /// <exception cref="FormatException">The text is no such YAML.</exception>
    public static JsonNode? Convert(string yaml)
    {
        try
        {
            var parser = new Parser(new StringReader(yaml));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _)) return null;
            parser.Consume<DocumentStart>();
            var value = Value(parser, 0);
            parser.Consume<DocumentEnd>();
            if (!parser.Accept<StreamEnd>(out _)) throw new FormatException("it holds more than one document");
            return value;
        }
        catch (YamlException error)
        {
            throw new FormatException($"line {error.Start.Line}: {error.Message}", error);
        }
    }

    private static JsonNode? Value(IParser parser, int depth)
    {
        if (depth > MaxDepth) throw new FormatException($"it nests deeper than {MaxDepth} levels");
        if (parser.TryConsume<Scalar>(out var scalar)) return ScalarValue(scalar);
        if (parser.TryConsume<SequenceStart>(out _))
        {
            var array = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _)) array.Add(Value(parser, depth + 1));
            return array;
        }

        if (parser.TryConsume<MappingStart>(out _))
        {
            var map = new JsonObject();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                string key = parser.Consume<Scalar>().Value;
                if (!map.TryAdd(key, Value(parser, depth + 1))) throw new FormatException($"the key '{key}' stands twice");
            }

            return map;
        }

        throw new FormatException("anchors and aliases are not supported");
    }

    private static JsonNode? ScalarValue(Scalar scalar)
    {
        if (!scalar.Anchor.IsEmpty) throw new FormatException("anchors and aliases are not supported");
        if (!scalar.IsPlainImplicit) return scalar.Value;
        return scalar.Value switch
        {
            "" or "~" or "null" => null,
            "true" => true,
            "false" => false,
            var text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
            var text => text,
        };
    }
}
