namespace SmolLM3.Batch.Infrastructure.Tests;

/// <summary>Every file parses, and every name in it is declared and used.</summary>
public sealed class SyntaxTests(BicepTrees trees) : IClassFixture<BicepTrees>
{
    private static readonly string[] Declarations =
        ["parameter_declaration", "variable_declaration", "resource_declaration", "module_declaration", "output_declaration"];

    private static readonly HashSet<string> Functions =
    [
        "cidrSubnet", "concat", "empty", "environment", "filter", "guid", "length", "loadJsonContent", "loadTextContent", "map", "range",
        "replace",
        "resourceGroup", "resourceId", "startsWith", "string", "subscription", "subscriptionResourceId", "take", "tenant", "toLower",
        "toObject",
        "union", "uniqueString", "utcNow",
        "allowed", "description", "maxLength", "maxValue", "metadata", "minLength", "minValue",
    ];

    [Fact]
    public void EveryFile_Parses()
    {
        SkipWithoutTrees();
        var errors = trees.Roots.SelectMany(root => root.Value.Descendants()
            .Where(node => node.T is "ERROR" or "MISSING")
            .Select(node => $"{Path.GetFileName(root.Key)}:{node.At}"));

        Assert.Empty(errors);
        Assert.Equal(Repository.BicepFiles.Count, trees.Roots.Count);
    }

    [Fact]
    public void EveryName_IsDeclared()
    {
        SkipWithoutTrees();
        foreach (var (path, root) in trees.Roots)
        {
            var declared = Declared(root).ToHashSet();
            Assert.Empty(
                References(root).Where(name => !declared.Contains(name)).Distinct().Select(name => $"{Path.GetFileName(path)}: {name}"));
        }
    }

    [Fact]
    public void EveryFunction_IsKnown()
    {
        SkipWithoutTrees();
        foreach (var (path, root) in trees.Roots)
        {
            var called = root.Descendants().Where(node => node.T == "call_expression")
                .Select(call => call.Children[0]).Where(name => name.T == "identifier").Select(name => name.S!);
            Assert.Empty(called.Where(name => !Functions.Contains(name)).Select(name => $"{Path.GetFileName(path)}: {name}()"));
        }
    }

    [Fact]
    public void EveryParameterAndVariable_IsUsed()
    {
        SkipWithoutTrees();
        foreach (var (path, root) in trees.Roots)
        {
            var used = References(root).ToHashSet();
            var unused = root.Children
                .Where(node => node.T is "parameter_declaration" or "variable_declaration")
                .Select(node => node.Children[0].S!)
                .Where(name => !used.Contains(name));
            Assert.Empty(unused.Select(name => $"{Path.GetFileName(path)}: {name}"));
        }
    }

    private void SkipWithoutTrees() => Assert.SkipWhen(trees.Missing is not null, trees.Missing ?? "");

    private static IEnumerable<string> Declared(BicepNode root) =>
        root.Children.Where(node => Declarations.Contains(node.T)).Select(node => node.Children[0].S!);

    /// <summary>Names in expressions, but for those that a loop or a lambda around them brings.</summary>
    private static IEnumerable<string> References(BicepNode root) =>
        root.Children.SelectMany(node => node.T switch
        {
            _ when Declarations.Contains(node.T) => node.Children.Skip(1).SelectMany(child => References(child, new HashSet<string>())),
            "comment" or "decorators" or "metadata_declaration" or "target_scope_assignment" => [],
            _ => throw new InvalidDataException($"The tests know no {node.T}."),
        });

    private static IEnumerable<string> References(BicepNode node, IReadOnlySet<string> bound)
    {
        switch (node.T)
        {
            case "identifier":
                return bound.Contains(node.S!) ? [] : [node.S!];
            case "type" or "property_identifier":
                return [];
            case "call_expression":
                return node.Children.Skip(node.Children[0].T == "identifier" ? 1 : 0).SelectMany(child => References(child, bound));
            case "object_property":
                return node.Children.Skip(node.Children[0].T == "identifier" ? 1 : 0).SelectMany(child => References(child, bound));
            case "lambda_expression":
                return References(node.Children[^1], Bind(bound, node.Children.SkipLast(1)));
            case "for_statement":
            {
                var variables = node.Children.TakeWhile(child => child.T == "for_loop_parameters" || child.F == "initializer").ToList();
                var inner = Bind(bound, variables);
                return node.Children.Skip(variables.Count).SelectMany(child => References(child, child.F == "body" ? inner : bound));
            }
            default:
                return node.Children.SelectMany(child => References(child, bound));
        }
    }

    private static HashSet<string> Bind(IReadOnlySet<string> bound, IEnumerable<BicepNode> variables) =>
        [.. bound, .. variables.SelectMany(node => node.Descendants().Prepend(node)).Where(node => node.S is not null).Select(node => node.S!)];
}
