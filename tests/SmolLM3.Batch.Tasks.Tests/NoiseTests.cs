using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests;

public class NoiseTests
{
    private const string Contract = """
        # Services Agreement

        This Services Agreement is made on January 15, 2025 between Alpha Works Ltd. (the "Supplier") and Beta Retail GmbH (the "Customer").

        ## 1. Services

        1. The Supplier shall deliver the services in `Schedule 1` within 30 days.
        2. The Customer shall pay **EUR 12,500** per month.

        ## 2. Law

        This Agreement is governed by the laws of *England and Wales*. See [the act](https://example.org/act?x=1).

        | Item | Price |
        | --- | --- |
        | Support | 100 |
        """;

    [Theory]
    [InlineData(1024)]
    [InlineData(4096)]
    [InlineData(65536)]
    public async Task EveryTask_RandomWeights_EndsWell(int context)
    {
        var document = await Given.DocumentAsync(string.Concat(Enumerable.Repeat(Contract + "\n\n", 4)));
        foreach (string type in TaskTypes.All)
        {
            var options = type == TaskTypes.Prompt ? new JsonObject { ["instructions"] = "Say hello." } : type == TaskTypes.Translate ? new JsonObject { ["target"] = "de" } : null;
            var model = new FakeModel(Noise.Model(7), context);
            var result = await Given.RunAsync(model, document, type, options);
            Assert.Null(result.Error);
            Assert.Equal(1.0, result.Coverage);
            Assert.Equal(model.PromptTokens, result.Json($"{type}.json")["plan"]!["promptTokens"]!.GetValue<long>());
            foreach (var file in result.Files)
            {
                if (Environment.GetEnvironmentVariable("RESULTS_OUT") is { } folder) File.WriteAllBytes(Path.Combine(folder, context + "-" + file.Name), file.Content.ToArray());
            }
        }
    }
}
