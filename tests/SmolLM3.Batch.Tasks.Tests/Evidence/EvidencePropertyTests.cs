using System.Text.Json.Nodes;
using FsCheck.Fluent;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Evidence;
using SmolLM3.Batch.Tasks.Tests.Support;
using SmolLM3.Batch.Testing;

namespace SmolLM3.Batch.Tasks.Tests.Evidence;

public class EvidencePropertyTests
{
    [Fact]
    public void Find_AnyStretchCopiedFaithfully_PointsAtItself() => Pieced.Check(
        Prop.ForAll(Pieced.AnyText, Gen.Choose(0, 10_000).ToArbitrary(), (pieces, seed) =>
        {
            if (Given.AnyDocument(string.Concat(pieces)) is not { } document) return;
            var random = new Random(seed);
            string quote = Copied(document.Text, random);
            if (new NormalizedText(quote).Text is var words && (
                words.Length < 12 || !words.Any(char.IsLetterOrDigit) || quote[0] is '[' or '"' or '“')) return;
            var found = new QuoteFinder(document).Find(quote);
            Assert.NotNull(found);
            Assert.Equal(words, new NormalizedText(document.Text[found.Start..found.End]).Text);
        }),
        tests: 300);

    /// <summary>A model that quotes now faithfully, now not at all: whatever a result calls verified stands where it says.</summary>
    [Fact]
    public void ContractAnalysis_AnyDocumentAndModel_EveryOffsetPointsAtItsQuote() => Pieced.Check(
        Prop.ForAll(Pieced.AnyText, Gen.Choose(0, 10_000).ToArbitrary(), async (pieces, seed) =>
        {
            if (Given.AnyDocument("The parties agree as follows.\n\n" + string.Concat(pieces)) is not { } document) return;
            var model = new FakeModel(request => Quoting(request, document.Text, seed), 2048);

            var result = await Given.RunAsync(model, document, TaskTypes.ContractAnalysis);

            Assert.Null(result.Error);
            var json = result.Json("contract-analysis.json");
            foreach (var finding in Objects(json).Where(node => node["verified"] is not null && node.ContainsKey("source")))
            {
                string quote = (finding["quote"] ?? finding["name"])!.GetValue<string>();
                Assert.Equal(finding["source"] is not null, finding["verified"]!.GetValue<bool>());
                if (finding["source"] is JsonObject source) AssertPointsAt(document, source, quote);
            }

            Assert.Equal(1.0, result.Coverage);
        }),
        tests: 60,
        size: 120);

    [Fact]
    public void Summarize_AnyDocument_EveryCitationIsItsParagraph() => Pieced.Check(
        Prop.ForAll(Pieced.AnyText, Gen.Choose(0, 10_000).ToArbitrary(), async (pieces, seed) =>
        {
            if (Given.AnyDocument("The parties agree as follows.\n\n" + string.Concat(pieces)) is not { } document) return;
            var result = await Given.RunAsync(new FakeModel(Noise.Model(seed), 1200), document, TaskTypes.Summarize);
            Assert.Null(result.Error);
            foreach (var source in Objects(result.Json("summarize.json")).Where(node => node.ContainsKey("paragraph")))
            {
                var block = document.Blocks[source["paragraph"]!.GetValue<int>() - 1];
                AssertPointsAt(document, source, document.TextOf(block).ToString());
            }
        }),
        tests: 60,
        size: 120);

    private static void AssertPointsAt(Document document, JsonObject source, string quote)
    {
        int start = source["start"]!.GetValue<int>();
        int end = source["end"]!.GetValue<int>();
        Assert.Contains(new NormalizedText(document.Text[start..end]).Text, new NormalizedText(quote).Text, StringComparison.Ordinal);
        Assert.Equal(document.BlockAt(start).Index + 1, source["paragraph"]!.GetValue<int>());
        Assert.Equal(document.PageAt(start), source["page"]?.GetValue<int>());
        Assert.Equal(document.HeadingPathAt(start), source["section"]!.AsArray().Select(name => name!.GetValue<string>()));
    }

    private static string Quoting(CompletionRequest request, string text, int seed)
    {
        var random = new Random(seed + request.Messages[^1].Content.Length);
        var answer = Noise.Json(request.JsonSchema!.AsObject(), random)!;
        foreach (var node in Objects(answer))
        {
            foreach (string name in new[] { "quote", "name" })
            {
                if (node.ContainsKey(name) && random.Next(4) > 0) node[name] = Copied(text, random);
            }
        }

        return answer.ToJsonString();
    }

    /// <summary>A stretch as a faithful copyist writes it: lines and spaces as they come, other quotation marks, no soft hyphens.</summary>
    private static string Copied(string text, Random random)
    {
        int start = random.Next(text.Length);
        int end = Math.Min(text.Length, start + random.Next(12, 80));
        while (start > 0 && char.IsLowSurrogate(text[start])) start--;
        while (end < text.Length && char.IsLowSurrogate(text[end])) end++;
        string quote = text[start..end].Replace("-\n", "").Replace("\u00AD", "").Replace('“', '"').Replace('”', '"');
        string[] words = quote.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? "nothing" : string.Join(random.Next(2) == 0 ? " " : "\n", words);
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject map => map.ToList().SelectMany(property => Objects(property.Value)).Prepend(map),
        JsonArray list => list.SelectMany(Objects),
        _ => [],
    };
}
