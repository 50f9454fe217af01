using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmolLM3.Batch.Tasks.Rendering;

/// <summary>JSON for people: objects as lists of facts, arrays of like objects as tables, other arrays as lists.</summary>
internal static class JsonView
{
    private const int MostColumns = 6;

    public static void Write(HtmlWriter html, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map: WriteFacts(html, map); break;
            case JsonArray { Count: > 0 } list when Columns(list) is { } columns: WriteTable(html, list, columns); break;
            case JsonArray { Count: > 0 } list: WriteList(html, list); break;
            default: html.Text(Scalar(value)); break;
        }
    }

    private static void WriteFacts(HtmlWriter html, JsonObject map)
    {
        html.Open("dl", ("class", "facts"));
        foreach (var (name, value) in map)
        {
            html.Element("dt", Label(name)).Open("dd");
            Write(html, value);
            html.Close();
        }

        html.Close();
    }

    /// <summary>The columns of a table, or null where the items are not alike enough for one.</summary>
    private static List<string>? Columns(JsonArray list)
    {
        var columns = list.OfType<JsonObject>().SelectMany(item => item.Select(property => property.Key)).Distinct().ToList();
        bool alike = list.All(item => item is JsonObject map && map.All(property => property.Value is null or JsonValue));
        return alike && columns.Count is > 0 and <= MostColumns ? columns : null;
    }

    private static void WriteTable(HtmlWriter html, JsonArray list, List<string> columns)
    {
        html.Open("table").Open("thead").Open("tr");
        foreach (string column in columns) html.Element("th", Label(column));
        html.Close().Close().Open("tbody");
        foreach (var item in list.OfType<JsonObject>())
        {
            html.Open("tr");
            foreach (string column in columns) html.Element("td", item.ContainsKey(column) ? Scalar(item[column]) : "");
            html.Close();
        }

        html.Close().Close();
    }

    private static void WriteList(HtmlWriter html, JsonArray list)
    {
        html.Open("ul");
        foreach (var item in list)
        {
            html.Open("li");
            Write(html, item);
            html.Close();
        }

        html.Close();
    }

    private static string Scalar(JsonNode? value) => value switch
    {
        null => "none",
        JsonArray or JsonObject => "none",
        _ => value.GetValueKind() switch
        {
            JsonValueKind.True => "yes",
            JsonValueKind.False => "no",
            _ => value.ToString(),
        },
    };

    /// <summary>"dueDate" and "due_date" read "due date".</summary>
    private static string Label(string name)
    {
        var words = new System.Text.StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool begins = i > 0 && char.IsUpper(name[i]) && char.IsLower(name[i - 1]);
            if (begins) words.Append(' ');
            words.Append(name[i] == '_' ? ' ' : begins ? char.ToLowerInvariant(name[i]) : name[i]);
        }

        return words.ToString();
    }
}
