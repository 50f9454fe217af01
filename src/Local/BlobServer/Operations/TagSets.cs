using System.Xml.Linq;
using SmolLM3.Local.BlobServer.Protocol;

namespace SmolLM3.Local.BlobServer.Operations;

/// <summary>Blob index tags, as a header or as XML.</summary>
internal static class TagSets
{
    private const int MaxTags = 10;

    public static Dictionary<string, string> Parse(string header) =>
        Check(header.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => KeyValuePair.Create(Decode(pair[0]), pair.Length > 1 ? Decode(pair[1]) : "")));

    public static Dictionary<string, string> Parse(XElement body) =>
        Check(body.Descendants("Tag")
            .Select(tag => KeyValuePair.Create((string?)tag.Element("Key") ?? "", (string?)tag.Element("Value") ?? "")));

    public static XElement ToXml(Dictionary<string, string> tags) =>
        new("Tags", new XElement(
            "TagSet", tags.Select(tag => new XElement("Tag", new XElement("Key", tag.Key), new XElement("Value", tag.Value)))));

    private static Dictionary<string, string> Check(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in pairs)
        {
            if (key.Length == 0)
                throw new StorageException(400, "EmptyTagName", "The name of one of the tag key-value pairs is empty.");
            if (key.Length > 128 || value.Length > 256 || tags.Count == MaxTags)
                throw new StorageException(400, "TagsTooLarge", "The tags specified exceed the maximum permissible limit.");
            if (!tags.TryAdd(key, value))
                throw new StorageException(400, "DuplicateTagNames", "The tags specified contain duplicate names.");
        }

        return tags;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
