using System.Text.Json;
using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Infrastructure.Tests;

/// <summary>What the files ask of each other.</summary>
public sealed partial class ModuleTests
{
    [Fact]
    public void EveryModule_GetsItsParameters_AndNoOthers()
    {
        foreach (var (symbol, file, given) in BicepFile.All.SelectMany(file => file.Modules))
        {
            var known = file.Parameters.Select(parameter => parameter.Name).ToHashSet();
            var required = file.Parameters.Where(parameter => !parameter.Optional).Select(parameter => parameter.Name);
            Assert.Empty(
                given.Where(name => !known.Contains(name)).Select(name => $"{symbol} gives {name}, which {file.Name} does not have"));
            Assert.Empty(required.Except(given).Select(name => $"{symbol} does not give {name} to {file.Name}"));
        }
    }

    [Fact]
    public void EveryModuleFile_IsUsed() =>
        Assert.Empty(BicepFile.All.Where(file => file.Name.StartsWith("modules", StringComparison.Ordinal))
            .Where(file => BicepFile.Main.Modules.All(module => module.File != file)).Select(file => file.Name));

    [Fact]
    public void EveryOutputAskedOf_AModule_IsOneOfItsOutputs()
    {
        foreach (BicepFile file in BicepFile.All)
        {
            var modules = file.Modules.ToDictionary(module => module.Symbol, module => module.File);
            foreach (Match match in OutputUse().Matches(file.Text))
                Assert.Contains(match.Groups[2].Value, modules[match.Groups[1].Value].Outputs);
        }
    }

    [Fact]
    public void EveryModuleOutput_IsAskedFor()
    {
        string main = BicepFile.Main.Text;
        var unused = BicepFile.Main.Modules.DistinctBy(module => module.File)
            .SelectMany(module => module.File.Outputs.Where(
                output => !Regex.IsMatch(main, $@"\w!?\.outputs\.{output}\b")).Select(output => $"{module.File.Name}: {output}"));
        Assert.Empty(unused);
    }

    [Fact]
    public void EveryParameterAndOutput_IsDescribed()
    {
        foreach (BicepFile file in BicepFile.All)
        {
            string[] blocks = file.Text.Split("\n\n");
            var bare = blocks.Where(block => Regex.IsMatch(
                block, @"^(param|output) ", RegexOptions.Multiline) && !block.Contains("@description('", StringComparison.Ordinal));
            Assert.Empty(bare.Select(block => $"{file.Name}: {block}"));
        }
    }

    [Theory]
    [InlineData("bicep/main.parameters.json")]
    [InlineData("infra/parameters/dev.json")]
    [InlineData("infra/parameters/prod.json")]
    public void ParameterFile_GivesParametersThatThereAre_AndAllowedValues(string path)
    {
        using JsonDocument file = JsonDocument.Parse(Repository.Read(path));
        foreach (JsonProperty parameter in file.RootElement.GetProperty("parameters").EnumerateObject())
        {
            var declared = Assert.Single(BicepFile.Main.Parameters, known => known.Name == parameter.Name);
            JsonElement value = parameter.Value.GetProperty("value");
            bool azd = value.ValueKind == JsonValueKind.String && value.GetString()!.StartsWith("${", StringComparison.Ordinal);
            Assert.Equal(azd ? "string" : value.ValueKind switch { JsonValueKind.Number => "int", JsonValueKind.True or JsonValueKind.False => "bool", JsonValueKind.Array => "array", _ => "string" }, declared.Type);
            if (!azd && Allowed(parameter.Name) is { Count: > 0 } allowed)
                Assert.Contains(value.ToString(), allowed);
        }
    }

    [Fact]
    public void ParameterFiles_LeaveNothingRequiredOut()
    {
        // Name and region of the environment are given by deploy.sh; azd's file must give all.
        var required = BicepFile.Main.Parameters.Where(parameter => !parameter.Optional).Select(parameter => parameter.Name);
        Assert.Equal(["environmentName", "location"], required);
        Assert.Contains("\"environmentName\"", Repository.Read("bicep", "main.parameters.json"), StringComparison.Ordinal);
        Assert.Contains("\"location\"", Repository.Read("bicep", "main.parameters.json"), StringComparison.Ordinal);
    }

    private static List<string> Allowed(string parameter)
    {
        string text = BicepFile.Main.Text;
        int at = text.IndexOf($"param {parameter} ", StringComparison.Ordinal);
        string decorators = text[text.LastIndexOf("\n\n", at, StringComparison.Ordinal)..at];
        int allowed = decorators.IndexOf("@allowed([", StringComparison.Ordinal);
        return allowed < 0 ? [] : [.. AllowedValue().Matches(decorators[allowed..]).Select(match => match.Groups[1].Value)];
    }

    [GeneratedRegex(@"\b(\w+)!?\.outputs\.(\w+)")]
    private static partial Regex OutputUse();

    [GeneratedRegex(@"^  '?([\w-]+)'?$", RegexOptions.Multiline)]
    private static partial Regex AllowedValue();
}
