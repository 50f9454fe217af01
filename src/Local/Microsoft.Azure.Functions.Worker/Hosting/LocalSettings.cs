using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>The values of local.settings.json, which Core Tools turns into environment variables where none is set.</summary>
internal static class LocalSettings
{
    public static void AddTo(IConfigurationManager configuration, string root)
    {
        var path = Path.Combine(root, "local.settings.json");
        if (!File.Exists(path))
            return;
        var source = new MemoryConfigurationSource { InitialData = Read(path) };
        var environment = configuration.Sources.ToList().FindLastIndex(candidate => candidate is EnvironmentVariablesConfigurationSource);
        configuration.Sources.Insert(Math.Max(environment, 0), source);
    }

    private static Dictionary<string, string?> Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(path),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.TryGetProperty("IsEncrypted", out var encrypted) && encrypted.ValueKind == JsonValueKind.True)
                throw new NotSupportedException($"{path} is encrypted, which the local host cannot read. Run 'func settings decrypt'.");
            return document.RootElement.TryGetProperty("Values", out var values)
                ? values.EnumerateObject().ToDictionary(
                    value => value.Name.Replace(
                        "__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal), value => (string?)value.Value.ToString())
                : [];
        }
        catch (JsonException failure)
        {
            throw new InvalidOperationException($"{path} is not valid JSON: {failure.Message}", failure);
        }
    }
}
