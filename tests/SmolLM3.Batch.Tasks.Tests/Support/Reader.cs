using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Tasks.Tests.Support;

/// <summary>A model that answers as a diligent reader would, by looking for words in the prompt's paragraphs.</summary>
internal static partial class Reader
{
    private static readonly (string Category, string Words, string Reading, string Risk, string Reason)[] Clauses =
    [
        ("Effective Date", "takes effect on", "The agreement starts on the date named.", "low", "A fixed date."),
        ("Expiration Date", "initial term", "The initial term ends after a fixed period.", "low", "Usual."),
        (
            "Renewal Term", "renews automatically", "It renews unless notice is given.", "medium",
            "A missed notice binds the customer for another year."),
        (
            "Notice Period To Terminate Renewal", "days before the end of the term", "Notice must come in time before the term ends.",
            "medium", "The window is easily missed."),
        ("Governing Law", "governed by", "The law named applies.", "low", "Usual choice."),
        (
            "Termination For Convenience", "without cause", "Either party may leave without a reason.", "medium",
            "The supplier may leave too."),
        ("Anti-Assignment", "may not assign", "Assignment needs consent.", "low", "Mutual."),
        (
            "Cap On Liability", "liability is limited", "Liability is capped at the fees of a year.", "high",
            "The cap is low compared with the data at stake."),
        ("Uncapped Liability", "without limit", "Some liability is unlimited.", "medium", "It covers gross negligence only."),
        ("Audit Rights", "may audit", "The customer may audit.", "low", "Helpful to the customer."),
        ("License Grant", "grants", "A licence is granted.", "low", "Narrow purpose."),
    ];

    public static string Answer(CompletionRequest request)
    {
        string user = request.Messages[^1].Content;
        if (request.JsonSchema is not JsonObject schema) return user.Contains("Translate into")
            ? user[(user.LastIndexOf(":\n", StringComparison.Ordinal) + 2)..]
            : "The document is a contract.";
        var properties = schema["properties"]!.AsObject();
        var answer = properties.ContainsKey("clauses") ? ClausesOf(user, properties)
            : properties.ContainsKey("obligations") ? ObligationsOf(user)
            : properties.ContainsKey("documentType") ? FactsOf(user)
            : properties.ContainsKey("verdict") ? new JsonObject { ["verdict"] = "deviates", ["explanation"] = "The cap is lower than our position." }
            : properties.ContainsKey("points") ? PointsOf(user, properties)
            : Noise.Json(schema, new Random(1))!.AsObject();
        return answer.ToJsonString();
    }

    /// <summary>The numbered paragraphs or notes of a prompt.</summary>
    public static IEnumerable<(int Number, string Text)> Paragraphs(string prompt) => Paragraph().Matches(prompt)
        .Select(match => (int.Parse(match.Groups[1].Value), match.Groups[2].Value.Trim()));

    private static JsonObject ClausesOf(string prompt, JsonObject properties)
    {
        int most = properties["clauses"]!["maxItems"]!.GetValue<int>();
        var asked = properties["clauses"]!["items"]!["properties"]!["category"]!["enum"]!.AsArray().Select(name => name!.GetValue<string>())
            .ToList();
        var found = new JsonArray();
        foreach (var (category, words, reading, risk, reason) in Clauses.Where(clause => asked.Contains(clause.Category)))
        {
            if (found.Count == most || Sentence(prompt, words) is not { } quote) continue;
            found.Add(
                new JsonObject { ["category"] = category, ["quote"] = quote, ["reading"] = reading, ["risk"] = risk, ["reason"] = reason });
        }

        return new JsonObject { ["clauses"] = found };
    }

    private static JsonObject ObligationsOf(string prompt)
    {
        var found = new JsonArray();
        foreach (string party in new[] { "Supplier", "Customer" })
        {
            if (Sentence(prompt, $"The {party} shall") is { } quote)
                found.Add(new JsonObject { ["party"] = party, ["duty"] = quote.Replace("shall", "must"), ["quote"] = quote });
        }

        return new JsonObject { ["obligations"] = found };
    }

    private static JsonObject FactsOf(string prompt)
    {
        var parties = new JsonArray();
        foreach (Match match in Party().Matches(prompt))
            parties.Add(new JsonObject { ["name"] = match.Groups[1].Value, ["role"] = match.Groups[2].Value });
        var amounts = new JsonArray();
        foreach (Match match in Money().Matches(prompt).Take(3))
            amounts.Add(new JsonObject { ["quote"] = match.Value, ["purpose"] = "fee" });
        return new JsonObject { ["documentType"] = "services agreement", ["title"] = "Services Agreement", ["parties"] = parties, ["amounts"] = amounts };
    }

    private static JsonObject PointsOf(string prompt, JsonObject properties)
    {
        int most = properties["points"]!["maxItems"]!.GetValue<int>();
        var points = new JsonArray();
        foreach (var (number, text) in Paragraphs(prompt).Where(paragraph => paragraph.Text.Length > 40).Take(most))
        {
            points.Add(new JsonObject { ["text"] = Shorten(text), ["from"] = new JsonArray(number) });
        }

        var answer = new JsonObject { ["points"] = points };
        if (properties.ContainsKey("headline")) answer["headline"] = "A services agreement in outline";
        if (properties.ContainsKey("overview")) answer["overview"] = "The parties agree on services, fees and liability.";
        return answer;
    }

    private static string? Sentence(string prompt, string words)
    {
        foreach (var (_, text) in Paragraphs(prompt))
        {
            string? sentence = text.Split(". ").FirstOrDefault(part => part.Contains(words, StringComparison.OrdinalIgnoreCase));
            if (sentence is not null) return Shorten(sentence);
        }

        return null;
    }

    private static string Shorten(string text) => text.Length <= 110 ? text : text[..text.LastIndexOf(' ', 110)];

    [GeneratedRegex(@"^\[(\d+)\] (.+)$", RegexOptions.Multiline)]
    private static partial Regex Paragraph();

    [GeneratedRegex(@"((?:[A-Z]\w+ ){1,3}(?:Ltd\.|GmbH|Inc\.)),? \((?:the )?[""“](\w+)[""”]\)")]
    private static partial Regex Party();

    [GeneratedRegex(@"(?:EUR|USD|GBP) [\d,]+")]
    private static partial Regex Money();
}
