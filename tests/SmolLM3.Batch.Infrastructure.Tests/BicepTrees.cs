using System.Diagnostics;
using System.Text.Json;
using SmolLM3.Batch.Tests;

namespace SmolLM3.Batch.Infrastructure.Tests;

/// <summary>The parse trees of all Bicep files, by tree-sitter under node.</summary>
public sealed class BicepTrees : IAsyncLifetime
{
    /// <summary>Why there are no trees here; null if there are.</summary>
    public string? Missing { get; private set; }

    /// <summary>Path to root.</summary>
    internal IReadOnlyDictionary<string, BicepNode> Roots { get; private set; } = new Dictionary<string, BicepNode>();

    public async ValueTask InitializeAsync()
    {
        try
        {
            string packages = await NpmPackages.InstallAsync("tree-sitter-bicep-1.1.0", "tree-sitter@0.22.4", "tree-sitter-bicep@1.1.0");
            using Process node = NpmPackages.Start(
                "node", [Path.Combine(AppContext.BaseDirectory, "parse.js"), packages, .. Repository.BicepFiles], Repository.Root);
            Task<string> errors = node.StandardError.ReadToEndAsync();
            string json = await node.StandardOutput.ReadToEndAsync();
            await node.WaitForExitAsync();
            if (node.ExitCode != 0)
                throw new InvalidOperationException(await errors);
            Roots = JsonSerializer.Deserialize<Dictionary<string, BicepNode>>(
                json, new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, MaxDepth = 512 })!;
        }
        catch (Exception error) when (error is not JsonException)
        {
            Missing = $"tree-sitter cannot run here: {error.Message}. It needs node, npm and the npm registry once.";
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A node: type, field, text of a leaf, children, and where an error is.</summary>
internal sealed record BicepNode(string T, string? F = null, string? S = null, List<BicepNode>? C = null, string? At = null)
{
    public IReadOnlyList<BicepNode> Children => C ?? [];

    public IEnumerable<BicepNode> Descendants() => Children.SelectMany(child => child.Descendants().Prepend(child));
}
