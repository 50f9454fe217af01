using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmolLM3.Batch.Tasks.Options;

/// <summary>Reads a task's options one by one; whatever was not asked for is unknown and an error.</summary>
internal sealed class OptionReader(string task, JsonObject? options)
{
    private readonly List<string> _known = [];

    // Values made in code know only their own type; parsed ones convert to any that fits.
    private readonly JsonObject? _options = options is null ? null : JsonNode.Parse(options.ToJsonString())!.AsObject();

    public string? Text(string name, int maxLength)
    {
        if (Take(name) is not { } node) return null;
        if (node.GetValueKind() != JsonValueKind.String) throw Wrong(name, node, "a string");
        string value = node.GetValue<string>();
        if (string.IsNullOrWhiteSpace(value)) throw Wrong(name, node, "text that is not blank");
        return value.Length <= maxLength ? value : throw new InvalidTaskException(
            $"Option '{name}' of task '{task}' has {value.Length:N0} characters; at most {maxLength:N0} are allowed.");
    }

    public string RequiredText(string name, int maxLength) => Text(name, maxLength)
        ?? throw new InvalidTaskException($"Task '{task}' needs the option '{name}'.");

    public string? OptionalChoice(string name, IReadOnlyList<string> allowed)
    {
        if (Take(name) is not { } node) return null;
        return node.GetValueKind() == JsonValueKind.String && allowed.Contains(node.GetValue<string>(), StringComparer.Ordinal)
            ? node.GetValue<string>()
            : throw Wrong(name, node, $"one of {string.Join(", ", allowed)}");
    }

    public string Choice(string name, string fallback, IReadOnlyList<string> allowed) => OptionalChoice(name, allowed) ?? fallback;

    public int Integer(string name, int fallback, int minimum, int maximum)
    {
        if (Take(name) is not { } node) return fallback;
        return node is JsonValue value && value.TryGetValue(out int number) && number >= minimum && number <= maximum
            ? number
            : throw Wrong(name, node, string.Create(CultureInfo.InvariantCulture, $"an integer from {minimum:N0} to {maximum:N0}"));
    }

    public ulong Seed(string name)
    {
        if (Take(name) is not { } node) return 0;
        return node is JsonValue value && value.TryGetValue(out ulong number) ? number : throw Wrong(name, node, "an integer from 0");
    }

    public double Number(string name, double fallback, double minimum, double maximum)
    {
        if (Take(name) is not { } node) return fallback;
        return node is JsonValue value && value.TryGetValue(out double number) && number >= minimum && number <= maximum
            ? number
            : throw Wrong(name, node, FormattableString.Invariant($"a number from {minimum} to {maximum}"));
    }

    public bool Boolean(string name, bool fallback)
    {
        if (Take(name) is not { } node) return fallback;
        return node.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(name, node, "true or false"),
        };
    }

    public JsonObject? Object(string name)
    {
        if (Take(name) is not { } node) return null;
        return node as JsonObject ?? throw Wrong(name, node, "an object");
    }

    /// <summary>An option of any kind, for its own parser.</summary>
    public JsonNode? Any(string name) => Take(name);

    /// <summary>Every option has been asked for: what is left is unknown.</summary>
    public void End()
    {
        foreach (var (name, _) in _options ?? [])
        {
            if (!_known.Contains(name, StringComparer.Ordinal))
            {
                throw new InvalidTaskException($"Task '{task}' has no option '{name}'. Known options: {string.Join(", ", _known)}.");
            }
        }
    }

    private JsonNode? Take(string name)
    {
        _known.Add(name);
        return _options?[name];
    }

    private InvalidTaskException Wrong(string name, JsonNode node, string expected)
    {
        string shown = node.ToJsonString();
        if (shown.Length > 80) shown = shown[..80] + "…";
        return new InvalidTaskException($"Option '{name}' of task '{task}' is {shown}; it must be {expected}.");
    }
}
