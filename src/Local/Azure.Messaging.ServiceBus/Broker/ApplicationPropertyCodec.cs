using System.Globalization;
using System.Runtime.Serialization;
using System.Text.Json;
using System.Xml;

namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>Application properties as JSON that keeps their types: <c>{"pages": ["int", "12"]}</c>.</summary>
internal static class ApplicationPropertyCodec
{
    public static string Encode(IEnumerable<KeyValuePair<string, object>> properties) =>
        JsonSerializer.Serialize(properties.ToDictionary(pair => pair.Key, pair => EncodeValue(pair.Key, pair.Value)));

    public static Dictionary<string, object> Decode(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, string[]>>(json)!.ToDictionary(pair => pair.Key, pair => DecodeValue(pair.Value));

    private static string[] EncodeValue(string name, object? value) => value switch
    {
        null => ["null", ""],
        string text => ["string", text],
        bool flag => ["bool", flag ? "true" : "false"],
        byte number => ["byte", Text(number)],
        sbyte number => ["sbyte", Text(number)],
        short number => ["short", Text(number)],
        ushort number => ["ushort", Text(number)],
        int number => ["int", Text(number)],
        uint number => ["uint", Text(number)],
        long number => ["long", Text(number)],
        ulong number => ["ulong", Text(number)],
        float number => ["float", number.ToString("R", CultureInfo.InvariantCulture)],
        double number => ["double", number.ToString("R", CultureInfo.InvariantCulture)],
        decimal number => ["decimal", Text(number)],
        char letter => ["char", ((int)letter).ToString(CultureInfo.InvariantCulture)],
        Guid guid => ["guid", guid.ToString("D")],
        // AMQP timestamps are UTC milliseconds.
        DateTime time => ["datetime", Text(new DateTimeOffset(time.ToUniversalTime()).ToUnixTimeMilliseconds())],
        DateTimeOffset time => ["datetimeoffset", time.ToString("O", CultureInfo.InvariantCulture)],
        TimeSpan span => ["timespan", XmlConvert.ToString(span)],
        Uri uri => ["uri", uri.OriginalString],
        byte[] bytes => ["bytes", Convert.ToBase64String(bytes)],
        _ => throw new SerializationException(
            $"The application property '{name}' is a {value.GetType().FullName}, which Service Bus cannot carry. " +
            "Use a string, a number, a bool, a char, a Guid, a DateTime, a DateTimeOffset, a TimeSpan, a Uri or a byte[]."),
    };

    private static object DecodeValue(string[] typed) => (typed[0], typed[1]) switch
    {
        ("null", _) => null!,
        ("string", var text) => text,
        ("bool", var text) => text == "true",
        ("byte", var text) => byte.Parse(text, CultureInfo.InvariantCulture),
        ("sbyte", var text) => sbyte.Parse(text, CultureInfo.InvariantCulture),
        ("short", var text) => short.Parse(text, CultureInfo.InvariantCulture),
        ("ushort", var text) => ushort.Parse(text, CultureInfo.InvariantCulture),
        ("int", var text) => int.Parse(text, CultureInfo.InvariantCulture),
        ("uint", var text) => uint.Parse(text, CultureInfo.InvariantCulture),
        ("long", var text) => long.Parse(text, CultureInfo.InvariantCulture),
        ("ulong", var text) => ulong.Parse(text, CultureInfo.InvariantCulture),
        ("float", var text) => float.Parse(text, CultureInfo.InvariantCulture),
        ("double", var text) => double.Parse(text, CultureInfo.InvariantCulture),
        ("decimal", var text) => decimal.Parse(text, CultureInfo.InvariantCulture),
        ("char", var text) => (char)int.Parse(text, CultureInfo.InvariantCulture),
        ("guid", var text) => Guid.Parse(text),
        ("datetime", var text) => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(text, CultureInfo.InvariantCulture)).UtcDateTime,
        ("datetimeoffset", var text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture),
        ("timespan", var text) => XmlConvert.ToTimeSpan(text),
        ("uri", var text) => new Uri(text, UriKind.RelativeOrAbsolute),
        ("bytes", var text) => Convert.FromBase64String(text),
        var (type, _) => throw new SerializationException($"The broker file holds an application property of the unknown type '{type}'."),
    };

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
