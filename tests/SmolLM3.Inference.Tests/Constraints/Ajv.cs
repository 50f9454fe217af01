using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Tests.Constraints;

/// <summary>The validator ajv, run by node. It is installed once, beside this project's build output.</summary>
internal static class Ajv
{
    private const string Version = "8.20.0";

    private const string Script = """
        const Ajv = require('ajv/dist/2020');
        const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        const failures = [];
        const ajv = new Ajv({ strict: false });
        const compiled = new Map();
        for (const { schema, text } of cases) {
          const key = JSON.stringify(schema);
          if (!compiled.has(key)) compiled.set(key, ajv.compile(schema));
          const validate = compiled.get(key);
          try { if (!validate(JSON.parse(text))) failures.push(text + ' ' + JSON.stringify(validate.errors) + ' ' + JSON.stringify(schema)); }
          catch (error) { failures.push(text + ' ' + error); }
        }
        console.log(JSON.stringify(failures));
        """;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "ajv");
    private static readonly Lazy<string?> Missing = new(Install);

    /// <summary>Why it cannot be run here, or null.</summary>
    public static string? WhatIsMissing() => Missing.Value;

    public static string[] Failures((JsonObject Schema, string Text)[] cases)
    {
        var input = new JsonArray([.. cases.Select(c => (JsonNode)new JsonObject { ["schema"] = c.Schema.DeepClone(), ["text"] = c.Text })]);
        return JsonSerializer.Deserialize<string[]>(Run("node", ["-e", Script], input.ToJsonString()))!;
    }

    private static string? Install()
    {
        try
        {
            Run("node", ["--version"]);
            Directory.CreateDirectory(Folder);
            if (!Directory.Exists(Path.Combine(Folder, "node_modules", "ajv")))
            {
                File.WriteAllText(Path.Combine(Folder, "package.json"), "{\"private\":true}");
                Run("npm", ["install", "--no-audit", "--no-fund", "--silent", $"ajv@{Version}"]);
            }

            return null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return e.Message;
        }
    }

    private static string Run(string program, string[] arguments, string? input = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Directory.Exists(Folder) ? Folder : AppContext.BaseDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(60)))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{program} did not end within a minute");
        }

        return process.ExitCode == 0 ? output.Result : throw new InvalidOperationException($"{program} said: {errors.Result}");
    }
}
