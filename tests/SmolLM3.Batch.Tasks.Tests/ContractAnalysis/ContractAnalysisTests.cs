using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.ContractAnalysis;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests.ContractAnalysis;

public class ContractAnalysisTests
{
    [Fact]
    public void Categories_AreCuads41()
    {
        string[] cuad =
        [
            "Document Name", "Parties", "Agreement Date", "Effective Date", "Expiration Date", "Renewal Term",
            "Notice Period To Terminate Renewal", "Governing Law", "Most Favored Nation",
            "Non-Compete", "Exclusivity", "No-Solicit Of Customers", "Competitive Restriction Exception", "No-Solicit Of Employees",
            "Non-Disparagement", "Termination For Convenience",
            "Rofr/Rofo/Rofn", "Change Of Control", "Anti-Assignment", "Revenue/Profit Sharing", "Price Restrictions", "Minimum Commitment",
            "Volume Restriction", "Ip Ownership Assignment",
            "Joint Ip Ownership", "License Grant", "Non-Transferable License", "Affiliate License-Licensor", "Affiliate License-Licensee",
            "Unlimited/All-You-Can-Eat-License",
            "Irrevocable Or Perpetual License", "Source Code Escrow", "Post-Termination Services", "Audit Rights", "Uncapped Liability",
            "Cap On Liability", "Liquidated Damages",
            "Warranty Duration", "Insurance", "Covenant Not To Sue", "Third Party Beneficiary",
        ];
        Assert.Equal(41, cuad.Length);
        Assert.Equal(
            cuad.Order(StringComparer.Ordinal), ClauseCategories.All.Select(category => category.Name).Order(StringComparer.Ordinal));
        Assert.Equal(ClauseCategories.Asked.Append(ClauseGroup.Identification).Order(), Enum.GetValues<ClauseGroup>().Order());
    }

    [Fact]
    public async Task Analyse_Agreement_GivesTheExpectedReport()
    {
        var playbook = JsonNode.Parse("""[{"category": "Cap On Liability", "position": "Cap of at least EUR 1 million", "severity": "high"}, {"category": "Insurance", "position": "EUR 1 million"}]""");
        var document = await Given.DocumentAsync(Samples.Agreement, "agreement.md");
        var result = await Given.RunAsync(
            new FakeModel(Reader.Answer), document, TaskTypes.ContractAnalysis, new JsonObject { ["playbook"] = playbook });

        Assert.Null(result.Error);
        Golden.AssertEqual("contract-analysis.md", result.Text("contract-analysis.md"));
        Golden.AssertEqual("contract-analysis.json", result.Text("contract-analysis.json"));
        Golden.AssertEqual("contract-analysis.html", result.Text("contract-analysis.html"));
    }

    [Fact]
    public async Task Analyse_ClauseTooLongForOneQuestion_SaysThatItWasJudgedInPart()
    {
        string clause =
            "The liability of the Supplier is limited " + string.Concat(Enumerable.Repeat("whatever happens ", 160)) + "to nothing.";
        string filler = string.Concat(Enumerable.Repeat("This recital tells of circumstances that bear on nothing else.\n\n", 300));
        var document = await Given.DocumentAsync("An agreement.\n\n" + clause + "\n\n" + filler);
        var model = new FakeModel(request => request.JsonSchema!["properties"]!["clauses"] is null ? Reader.Answer(request)
            : new JsonObject { ["clauses"] = new JsonArray(new JsonObject { ["category"] = "Cap On Liability", ["quote"] = clause, ["reading"] = "r", ["risk"] = "low", ["reason"] = "n" }) }.ToJsonString(), 262_144);
        var playbook = JsonNode.Parse("""[{"category": "Cap On Liability", "position": "None"}]""");

        var result = await Given.RunAsync(model, document, TaskTypes.ContractAnalysis, new JsonObject { ["playbook"] = playbook });

        Assert.Null(result.Error);
        Assert.Contains(result.Warnings, warning => warning.Contains("judged by the beginning", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("so that itzz", true)]     // no token of " itself" fits
    [InlineData("so that q zz", true)]
    [InlineData("so xxxx that itself an", false)]    // more than the end is wrong
    public async Task Analyse_QuoteCutAtItsLimit_EndsAtTheLastWordThatStandsThere(string end, bool verified)
    {
        const string Clause = "Neither party is liable for more than the fees of one year, and each party shall, at its own cost, keep books so that itself and others may see them.";
        string start = Clause[..Clause.IndexOf("so that", StringComparison.Ordinal)];
        start = start[^(100 - end.Length)..].TrimStart();
        string quote = start + end;
        var document = await Given.DocumentAsync("An agreement.\n\n" + Clause + "\n\nIt is signed.");
        var model = new FakeModel(request => request.JsonSchema!["properties"]!["clauses"] is null ? Reader.Answer(request)
            : new JsonObject { ["clauses"] = new JsonArray(new JsonObject { ["category"] = "Cap On Liability", ["quote"] = quote, ["reading"] = "r", ["risk"] = "low", ["reason"] = "n" }) }.ToJsonString(), 8192);

        var result = await Given.RunAsync(model, document, TaskTypes.ContractAnalysis);

        Assert.InRange(quote.Length, 99, 100);
        var findings = JsonNode.Parse(result.Text("contract-analysis.json"))!["clauses"]!.AsArray()
            .SelectMany(clause => clause!["findings"]!.AsArray()).ToList();
        Assert.NotEmpty(findings);
        Assert.All(findings, finding => Assert.Equal(verified, (bool)finding!["verified"]!));
        Assert.All(findings, finding => Assert.Equal(verified ? start + "so that" : quote, (string?)finding!["quote"]));
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(8192)]
    public async Task Analyse_InParts_FindsEachClauseOnceAndTheSameAsInOne(int context)
    {
        // Twice the agreement with padding between, so that parts overlap in the middle of clauses.
        string filler = string.Concat(
            Enumerable.Range(1, 400).Select(i => $"Recital {i} tells of circumstances that bear on nothing else in this document.\n\n"));
        var document = await Given.DocumentAsync(Samples.Agreement + "\n\n## Annex\n\n" + filler, "agreement.md");

        var whole = (
            await Given.RunAsync(new FakeModel(Reader.Answer), document, TaskTypes.ContractAnalysis)).Json("contract-analysis.json");
        var parts = (await Given.RunAsync(
            new FakeModel(Reader.Answer, context), document, TaskTypes.ContractAnalysis)).Json("contract-analysis.json");

        Assert.True(parts["plan"]!["chunks"]!.GetValue<int>() > 1);
        Assert.Equal(Present(whole), Present(parts));
        foreach (var clause in parts["clauses"]!.AsArray())
        {
            var spans = clause!["findings"]!.AsArray().Where(finding => finding!["verified"]!.GetValue<bool>())
                .Select(finding => finding!["source"]!["start"]!.GetValue<int>()).ToList();
            Assert.Equal(spans.Distinct().Order(), spans);
        }
    }

    [Fact]
    public async Task Analyse_AnyModel_ReportsOnlyQuotesThatStandWhereItSays()
    {
        var document = await Given.DocumentAsync(string.Concat(Enumerable.Repeat(Samples.Agreement + "\n\n", 3)), "agreement.md");
        for (int seed = 0; seed < 8; seed++)
        {
            var noise = Noise.Model(seed);
            var model = new FakeModel(request => seed % 2 == 0 ? noise(request) : Mixed(request, noise), 4096);
            var result = await Given.RunAsync(model, document, TaskTypes.ContractAnalysis);
            Assert.Null(result.Error);
            AssertQuotesStand(document.Text, result.Json("contract-analysis.json"), result);
        }
    }

    [Fact]
    public async Task Analyse_RandomWeights_IsHonest()
    {
        var document = await Given.DocumentAsync(Samples.Agreement, "agreement.md");
        var result = await Given.RunAsync(new FakeModel(Noise.Model(3)), document, TaskTypes.ContractAnalysis);
        var json = result.Json("contract-analysis.json");
        var findings = json["clauses"]!.AsArray().Where(clause => clause!["category"]!.GetValue<string>() is not "Document Name")
            .SelectMany(clause => clause!["findings"]!.AsArray()).ToList();
        Assert.NotEmpty(findings);
        Assert.All(findings, finding => Assert.False(finding!["verified"]!.GetValue<bool>()));
        Assert.All(findings, finding => Assert.Null(finding!["source"]));
        Assert.Contains(result.Warnings, warning => warning.Contains("not in the document"));
        Assert.DoesNotContain("<blockquote>", result.Text("contract-analysis.html"));
    }

    [Theory]
    [InlineData("dated as of January 15, 2025 by", "2025-01-15")]
    [InlineData("am 3. März 2024 geschlossen", "2024-03-03")]
    [InlineData("le 1er août 2023", "2023-08-01")]
    [InlineData("el 5 de mayo de 2022", "2022-05-05")]
    [InlineData("this 3rd day of April 2021", "2021-04-03")]
    [InlineData("on 2020-02-29", "2020-02-29")]
    [InlineData("on 2021-02-29", null)]
    [InlineData("from 1 May 2020 to 1 May 2021", null)]
    [InlineData("on 03/04/2021", null)]
    public void Single_Date_IsFound(string text, string? expected) =>
        Assert.Equal(expected, DateFinder.Single(text)?.ToString("yyyy-MM-dd"));

    private static string Mixed(Generation.CompletionRequest request, Func<Generation.CompletionRequest, string> noise) =>
        request.JsonSchema!.ToJsonString().Length % 2 == 0 ? Reader.Answer(request) : noise(request);

    private static IEnumerable<string> Present(JsonObject json) =>
        json["clauses"]!.AsArray().Where(clause => clause!["present"]!.GetValue<bool>())
            .Select(clause => clause!["category"]!.GetValue<string>());

    private static void AssertQuotesStand(string text, JsonNode? node, TaskResult result)
    {
        if (node is JsonObject found && found["verified"] is JsonValue verified && found["source"] is JsonObject source)
        {
            Assert.True(verified.GetValue<bool>());
            string quote = (found["quote"] ?? found["name"])!.GetValue<string>();
            string there = text[source["start"]!.GetValue<int>()..source["end"]!.GetValue<int>()];
            Assert.Equal(Letters(quote), Letters(there));
        }

        foreach (var child in node is JsonObject o ? o.Select(pair => pair.Value) : node is JsonArray a ? a : Enumerable.Empty<JsonNode?>())
            AssertQuotesStand(text, child, result);
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit));
}
