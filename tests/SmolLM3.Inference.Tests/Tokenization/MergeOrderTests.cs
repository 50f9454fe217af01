using System.Text;
using System.Text.Json.Nodes;
using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Inference.Tests.Tokenization;

/// <summary>
/// A vocabulary that is taken encodes by rank as its list of merges says. Random lists over three letters, many of them out of order or
/// with merges left out or repeated, against the definition.
/// </summary>
public sealed class MergeOrderTests
{
    [Fact]
    public void Load_RandomMerges_RefusesThemOrEncodesByTheirDefinition()
    {
        var random = new Random(11);
        JsonNode bytes = Bytes();
        int taken = 0;
        int refused = 0;
        for (int i = 0; i < 400; i++)
        {
            var (json, merges, ids) = RandomTokenizer(bytes, random);
            SmolLM3Tokenizer tokenizer;
            try
            {
                tokenizer = SmolLM3Tokenizer.Load(new MemoryStream(Encoding.UTF8.GetBytes(json.ToJsonString())));
                taken++;
            }
            catch (InvalidDataException)
            {
                refused++;
                continue;
            }

            for (int j = 0; j < 40; j++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(1, 24)).Select(_ => "abc"[random.Next(3)]));
                Assert.Equal(ByDefinition(text, merges, ids), tokenizer.Encode(text));
            }
        }

        Assert.True(taken > 100, $"{taken} taken");
        Assert.True(refused > 100, $"{refused} refused");
    }

    // The reference file with the tokens of single bytes alone.
    private static JsonNode Bytes()
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(ReferenceFiles.Path("tokenizer/tokenizer.json")))!;
        json["model"]!["vocab"] = new JsonObject(json["model"]!["vocab"]!.AsObject().Where(entry => entry.Value!.GetValue<int>() < 256)
            .Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone())));
        json["model"]!["merges"] = new JsonArray();
        return json;
    }

    private static (
        JsonNode Json, List<(string Left, string Right)> Merges, Dictionary<string, int> Ids) RandomTokenizer(JsonNode bytes, Random random)
    {
        JsonNode json = bytes.DeepClone();
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, id) in json["model"]!["vocab"]!.AsObject())
            ids[token] = id!.GetValue<int>();

        // Each new token joins two of those that there are.
        var parts = new List<string> { "a", "b", "c" };
        var merges = new List<(string, string)>();
        for (int i = random.Next(1, 9); i > 0; i--)
        {
            var pair = (Left: parts[random.Next(parts.Count)], Right: parts[random.Next(parts.Count)]);
            if (!ids.TryAdd(pair.Left + pair.Right, 256 + merges.Count))
                continue;
            parts.Add(pair.Left + pair.Right);
            merges.Add(pair);
        }

        // Llama 3's file lists every split of a token; others one.
        if (random.Next(3) == 0)
        {
            merges = [.. ids.Where(entry => entry.Value >= 256).OrderBy(entry => entry.Value).SelectMany(entry => Enumerable.Range(1, entry.Key.Length - 1)
                .Select(at => (Left: entry.Key[..at], Right: entry.Key[at..]))
                .Where(split => ids.ContainsKey(split.Left) && ids.ContainsKey(split.Right)))];
        }

        if (merges.Count > 1 && random.Next(4) == 0)
        {
            int at = random.Next(merges.Count - 1);
            (merges[at], merges[at + 1]) = (merges[at + 1], merges[at]);
        }

        if (merges.Count > 1 && random.Next(6) == 0)
            merges.RemoveAt(random.Next(merges.Count));
        json["model"]!["vocab"] = new JsonObject(ids.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
        json["model"]!["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)new JsonArray(merge.Item1, merge.Item2))]);
        return (json, merges, ids);
    }

    // Hugging Face's: of all neighbours that have a merge, the one that stands first in the list; the leftmost of these.
    private static int[] ByDefinition(string text, List<(string Left, string Right)> merges, Dictionary<string, int> ids)
    {
        if (ids.TryGetValue(text, out int whole))
            return [whole];
        List<string> parts = [.. text.Select(c => c.ToString())];
        while (true)
        {
            int best = int.MaxValue;
            int at = -1;
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                int rank = merges.LastIndexOf((parts[i], parts[i + 1]));
                if (rank >= 0 && rank < best)
                    (best, at) = (rank, i);
            }

            if (at < 0)
                return [.. parts.Select(part => ids[part])];
            parts[at] += parts[at + 1];
            parts.RemoveAt(at + 1);
        }
    }
}
