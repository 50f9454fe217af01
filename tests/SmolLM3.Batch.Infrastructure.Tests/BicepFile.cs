using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Infrastructure.Tests;

/// <summary>What can be read off a Bicep file as text: its declarations, and of its modules the parameters given.</summary>
internal sealed partial class BicepFile
{
    private BicepFile(string path)
    {
        Path = path;
        Text = File.ReadAllText(path);
    }

    public static IReadOnlyList<BicepFile> All { get; } = [.. Repository.BicepFiles.Select(path => new BicepFile(path))];

    public static BicepFile Main => Named("main.bicep");

    public string Path { get; }

    public string Name => System.IO.Path.GetRelativePath(Repository.BicepFolder, Path);

    public string Text { get; }

    /// <summary>Name, type and whether there is a default.</summary>
    public IReadOnlyList<(string Name, string Type, bool Optional)> Parameters =>
        [.. ParameterPattern().Matches(Text).Select(match => (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Success))];

    public IReadOnlyList<string> Outputs => [.. OutputPattern().Matches(Text).Select(match => match.Groups[1].Value)];

    public IReadOnlyList<(string Type, string Version)> Resources =>
        [.. ResourcePattern().Matches(Text).Select(match => (match.Groups[1].Value, match.Groups[2].Value))];

    /// <summary>Symbol, file, and names of the parameters given.</summary>
    public IReadOnlyList<(string Symbol, BicepFile File, IReadOnlyList<string> Given)> Modules =>
        [.. ModulePattern().Matches(Text).Select(match => (match.Groups[1].Value, Named(match.Groups[2].Value), Given(match.Index)))];

    public static BicepFile Named(string name) =>
        All.FirstOrDefault(file => file.Name == name) ?? throw new FileNotFoundException($"There is no bicep/{name}.");

    /// <summary>The text between the braces that follow a place.</summary>
    public static string Block(string text, int from)
    {
        int start = text.IndexOf('{', from);
        int depth = 0;
        for (int i = start; i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
                return text[(start + 1)..i];
        }

        throw new InvalidDataException("Braces do not match.");
    }

    private IReadOnlyList<string> Given(int module)
    {
        string body = Block(Text, Text.IndexOf('\n', module) - 1);
        int at = body.IndexOf("params: {", StringComparison.Ordinal);
        return at < 0 ? [] : [.. GivenPattern().Matches(Block(body, at)).Select(match => match.Groups[1].Value)];
    }

    [GeneratedRegex(@"^param (\w+) (.+?)( = .*)?$", RegexOptions.Multiline)]
    private static partial Regex ParameterPattern();

    [GeneratedRegex(@"^output (\w+) \w+ =", RegexOptions.Multiline)]
    private static partial Regex OutputPattern();

    [GeneratedRegex(@"^resource \w+ '([\w./]+)@([\w-]+)'", RegexOptions.Multiline)]
    private static partial Regex ResourcePattern();

    [GeneratedRegex(@"^module (\w+) '([\w./-]+)'", RegexOptions.Multiline)]
    private static partial Regex ModulePattern();

    // A module's parameters stand four spaces in; what belongs to objects among them stands deeper.
    [GeneratedRegex(@"^    (\w+):", RegexOptions.Multiline)]
    private static partial Regex GivenPattern();
}
