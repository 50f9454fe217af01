using SmolLM3.Inference.Benchmarking;
using System.CommandLine;

namespace SmolLM3.Measure.Commands;

/// <summary>The documents of a mixed load, as options.</summary>
internal sealed class MixedLoadArguments
{
    private static readonly MixedLoadOptions Default = new();

    private readonly Option<int> _documents =
        new("--documents") { Description = "Documents.", DefaultValueFactory = _ => Default.Documents };
    private readonly Option<int> _shortest =
        new("--shortest") { Description = "Tokens of the shortest.", DefaultValueFactory = _ => Default.ShortestDocument };
    private readonly Option<int> _longest = new("--longest") { Description = "Tokens of the longest; in between log-uniform.", DefaultValueFactory = _ => Default.LongestDocument };
    private readonly Option<int> _tokens =
        new("--max-tokens") { Description = "Tokens generated for each.", DefaultValueFactory = _ => Default.GeneratedTokens };

    public Option[] All => [_documents, _shortest, _longest, _tokens];

    public MixedLoadOptions Of(ParseResult parsed) => new()
    {
        Documents = parsed.GetValue(_documents),
        ShortestDocument = parsed.GetValue(_shortest),
        LongestDocument = parsed.GetValue(_longest),
        GeneratedTokens = parsed.GetValue(_tokens),
    };
}
