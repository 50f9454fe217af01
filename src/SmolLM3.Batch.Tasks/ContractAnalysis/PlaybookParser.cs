using System.Text.Json;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Options;

namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>Reads a playbook: a list of rules, or an object with <c>rules</c>, as JSON or as a string of YAML or JSON.</summary>
internal static class PlaybookParser
{
    private const int MostRules = 100;
    private const int LongestText = 100_000;

    public static IReadOnlyList<PlaybookRule> Parse(JsonNode? option)
    {
        if (option is null) return [];
        if (option.GetValueKind() == JsonValueKind.String) option = FromText(option.GetValue<string>());
        if (option is JsonObject outer)
        {
            foreach (var (name, _) in outer)
            {
                if (name != "rules") throw Wrong($"has the unknown field '{name}'; it is a list of rules, or an object with 'rules'");
            }

            option = outer["rules"];
        }

        if (option is not JsonArray rules) throw Wrong("is no list of rules");
        if (rules.Count > MostRules) throw Wrong($"has {rules.Count:N0} rules; at most {MostRules} are allowed");
        return [.. rules.Select((rule, index) => ParseRule(rule, index + 1))];
    }

    private static JsonNode? FromText(string text)
    {
        if (text.Length > LongestText) throw Wrong($"has {text.Length:N0} characters; at most {LongestText:N0} are allowed");
        try
        {
            return YamlToJson.Convert(text);
        }
        catch (FormatException error)
        {
            throw Wrong("is neither YAML nor JSON: " + error.Message);
        }
    }

    private static PlaybookRule ParseRule(JsonNode? node, int number)
    {
        if (node is not JsonObject rule) throw Wrong($"rule {number} is no object");
        var reader = new OptionReader($"{TaskTypes.ContractAnalysis} (playbook rule {number})", rule);
        string name = reader.RequiredText("category", 100);
        var category = ClauseCategories.Find(name) ?? throw Wrong(
            $"rule {number} names the unknown category '{name}'; known are {string.Join(", ", ClauseCategories.All.Select(known => known.Name))}");
        string position = reader.RequiredText("position", 1000);
        string? fallback = reader.Text("fallback", 1000);
        string severity = reader.Choice("severity", "medium", ["low", "medium", "high"]);
        reader.End();
        return new PlaybookRule(category, position, fallback, Enum.Parse<RiskLevel>(severity, ignoreCase: true));
    }

    private static InvalidTaskException Wrong(string what) => new($"Option 'playbook' of task '{TaskTypes.ContractAnalysis}': {what}.");
}
