using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Tests;

namespace SmolLM3.Inference.Tests.Constraints;

/// <summary>The validator ajv, from npm, run by node.</summary>
internal static class Ajv
{
    private const string Version = "8.20.0";

    private const string Script = """
        const Ajv = require('ajv/dist/2020');
        const cases = JSON.parse(require('fs').readFileSync('cases.json', 'utf8'));
        const ajv = new Ajv({ strict: false });
        const compiled = new Map();
        const failures = [];
        for (const { schema, text } of cases) {
          const key = JSON.stringify(schema);
          if (!compiled.has(key)) compiled.set(key, ajv.compile(schema));
          const validate = compiled.get(key);
          try { if (!validate(JSON.parse(text))) failures.push(text + ' ' + JSON.stringify(validate.errors) + ' ' + key); }
          catch (error) { failures.push(text + ' ' + error); }
        }
        require('fs').writeFileSync('failures.json', JSON.stringify(failures));
        """;

    private static Task<string> InstallAsync() => NpmPackages.InstallAsync($"ajv-{Version}", $"ajv@{Version}");

    /// <summary>The folder it is installed in; null, with the reason, where it cannot be.</summary>
    public static async Task<(string? Folder, string Reason)> TryInstallAsync()
    {
        try
        {
            return (await InstallAsync(), "");
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or TimeoutException)
        {
            return (null, e.Message);
        }
    }

    /// <summary>The cases whose text does not parse or does not satisfy the schema, with what ajv says of them.</summary>
    public static async Task<string[]> FailuresAsync(string installed, IEnumerable<(JsonObject Schema, string Text)> cases)
    {
        string folder = Directory.CreateTempSubdirectory("ajv-").FullName;
        try
        {
            var input = new JsonArray(
                [.. cases.Select(c => (JsonNode)new JsonObject { ["schema"] = c.Schema.DeepClone(), ["text"] = c.Text })]);
            await File.WriteAllTextAsync(Path.Combine(folder, "cases.json"), input.ToJsonString());
            await File.WriteAllTextAsync(Path.Combine(folder, "check.js"), Script);
            Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(installed, "node_modules"));
            using Process node = NpmPackages.Start("node", ["check.js"], folder);
            Task<string> errors = node.StandardError.ReadToEndAsync();
            await node.StandardOutput.ReadToEndAsync();
            await node.WaitForExitAsync();
            Assert.True(node.ExitCode == 0, await errors);
            return JsonSerializer.Deserialize<string[]>(await File.ReadAllTextAsync(Path.Combine(folder, "failures.json")))!;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
