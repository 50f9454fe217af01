using System.CommandLine;
using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Cli.Tests;

/// <summary>docs/cli.md has every verb with its options and every environment variable, and no others.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Root = FindRoot();
    private static readonly string Page = File.ReadAllText(Path.Combine(Root, "docs", "cli.md"));

    [Fact]
    public void Page_Verbs_AreThoseOfTheCommandWithTheirOptions()
    {
        var documented = Row().Matches(Page).ToDictionary(
            row => row.Groups["verb"].Value,
            row => Option().Matches(row.Groups["options"].Value).Select(option => option.Value).Order(StringComparer.Ordinal).ToArray());
        var actual = Leaves(Program.CreateRoot(), "").ToDictionary(
            leaf => leaf.Path,
            leaf => leaf.Command.Options.Select(option => option.Name).Order(StringComparer.Ordinal).ToArray());

        Assert.Equal(actual.Keys.Order(StringComparer.Ordinal), documented.Keys.Order(StringComparer.Ordinal));
        Assert.All(actual, verb => Assert.Equal(verb.Value, documented[verb.Key]));
    }

    [Fact]
    public void Page_Variables_AreThoseThatTheCommandReads()
    {
        var read = Directory.EnumerateFiles(Path.Combine(Root, "src", "SmolLM3.Batch.Cli"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Variable().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value));

        Assert.Equal(
            read.Distinct().Order(StringComparer.Ordinal),
            Documented().Matches(Page).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));
    }

    private static IEnumerable<(string Path, Command Command)> Leaves(Command command, string path) => command.Subcommands.Count == 0
        ? [(path, command)]
        : command.Subcommands.SelectMany(inner => Leaves(inner, $"{path} {inner.Name}".Trim()));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SmolLM3.Batch.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex(@"^\| `(?<verb>[a-z]+( [a-z]+)?)[ A-Z]*` \|.*\|(?<options>[^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex Option();

    [GeneratedRegex("GetEnvironmentVariable\\(\"([A-Z0-9_]+)\"\\)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"(?<=`)(?:SMOLLM3|HF)_[A-Z_]+(?=`)")]
    private static partial Regex Documented();
}
