using System.Diagnostics;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests;

public class ResultSchemaTests
{
    [Theory]
    [InlineData(1024)]
    [InlineData(4096)]
    [InlineData(65_536)]
    public async Task EveryTask_AnyModel_GivesJsonThatItsSchemaAllows(int context)
    {
        var document = await Given.DocumentAsync(string.Concat(Enumerable.Repeat(Samples.Agreement + "\n\n", 3)) + "\f", "agreement.md");
        for (int seed = 0; seed < 6; seed++)
        {
            foreach (string type in TaskTypes.All)
            {
                var model = new FakeModel(seed == 0 ? Reader.Answer : Noise.Model(seed), context);
                var result = await Given.RunAsync(model, document, type, Options(type));
                Assert.Null(result.Error);
                var json = result.Json($"{type}.json");
                Assert.Empty(MiniSchema.Errors(Schema(type), json));
                Assert.Equal(1.0, json["coverage"]!.GetValue<double>());
                Assert.Equal(model.PromptTokens, json["plan"]!["promptTokens"]!.GetValue<long>());
                Assert.Equal(model.PromptTokens, json["usage"]!["promptTokens"]!.GetValue<long>());
                Assert.Equal(model.Requests.Count, json["plan"]!["completions"]!.GetValue<int>());
                Assert.Equal(result.Usage.CompletionTokens, json["usage"]!["completionTokens"]!.GetValue<long>());
            }
        }
    }

    /// <summary>The same by an independent validator, where node and npm's ajv can be had.</summary>
    [Fact]
    public async Task EveryTask_ByAjv_GivesJsonThatItsSchemaAllows()
    {
        using var folder = new TemporaryFolder();
        Assert.SkipUnless(Succeeds(
            folder.Path, "npm", "install", "--silent", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=10000",
            "ajv@8"), "npm's ajv cannot be had here (node missing, or no registry).");
        var document = await Given.DocumentAsync(Samples.Agreement, "agreement.md");
        foreach (string type in TaskTypes.All)
        {
            var result = await Given.RunAsync(new FakeModel(Noise.Model(4), 4096), document, type, Options(type));
            File.WriteAllText(Path.Combine(folder.Path, type + ".json"), result.Text($"{type}.json"));
            File.Copy(Repository.PathOf("docs", "schemas", $"{type}.schema.json"), Path.Combine(folder.Path, $"{type}.schema.json"));
        }

        File.WriteAllText(Path.Combine(folder.Path, "check.js"), """
            const Ajv = require('ajv/dist/2020'), fs = require('fs');
            for (const task of process.argv.slice(2)) {
              const validate = new Ajv({ strict: false }).compile(JSON.parse(fs.readFileSync(task + '.schema.json')));
              if (!validate(JSON.parse(fs.readFileSync(task + '.json')))) { console.error(task, validate.errors); process.exit(1); }
            }
            """);
        Assert.True(Succeeds(folder.Path, "node", ["check.js", .. TaskTypes.All]), "ajv finds a result that its schema does not allow.");
    }

    [Fact]
    public void MiniSchema_WrongValues_AreFound()
    {
        var schema = Schema("summarize");
        Assert.NotEmpty(MiniSchema.Errors(schema, new JsonObject()));
        Assert.NotEmpty(MiniSchema.Errors(
            JsonNode.Parse("""{"type": "array", "items": {"type": "integer", "minimum": 2}}""")!.AsObject(), JsonNode.Parse("[1]")));
        Assert.Empty(MiniSchema.Errors(
            JsonNode.Parse("""{"type": "array", "items": {"type": "integer", "minimum": 1}}""")!.AsObject(), JsonNode.Parse("[1]")));
    }

    private static JsonObject Schema(string type) =>
        JsonNode.Parse(File.ReadAllText(Repository.PathOf("docs", "schemas", $"{type}.schema.json")))!.AsObject();

    private static JsonObject? Options(string type) => type switch
    {
        TaskTypes.Translate => new JsonObject { ["target"] = "de", ["source"] = "en" },
        TaskTypes.Prompt => new JsonObject { ["instructions"] = "Say what it is." },
        TaskTypes.ContractAnalysis => JsonNode.Parse("""{"playbook": [{"category": "Governing Law", "position": "Norway", "fallback": "Sweden"}, {"category": "Insurance", "position": "Yes", "severity": "low"}]}""")!.AsObject(),
        _ => null,
    };

    private static bool Succeeds(string folder, string program, params IEnumerable<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEndAsync();
            process.StandardError.ReadToEndAsync();
            if (process.WaitForExit(TimeSpan.FromSeconds(40))) return process.ExitCode == 0;
            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory().FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
