using System.Text;
using System.Text.RegularExpressions;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Tasks.Results;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>Plain text, and PDF, whose text is all there is: paragraphs are replaced, numbering and blank lines stay.</summary>
internal sealed partial class PlainTextTranslatable : ITranslatable
{
    private readonly Document _document;
    private readonly List<(int Start, int End)> _places = [];
    private readonly List<Unit> _units = [];

    public PlainTextTranslatable(Document document)
    {
        _document = document;
        foreach (var block in document.Blocks)
        {
            string text = document.TextOf(block).ToString();
            int start = Numbering().Match(text).Length;
            int end = block.Kind == BlockKind.Heading && text.IndexOf('\n') is var underline and > 0 ? underline : text.Length;
            if (start >= end) continue;
            _places.Add((block.Start + start, block.Start + end));
            _units.Add(new Unit(block.Kind, TaggedText.Literal(OneLine(text[start..end])), []));
        }
    }

    public IReadOnlyList<Unit> Units => _units;

    public ResultFile Write(IReadOnlyList<string?> targets, string language)
    {
        var text = new StringBuilder(_document.Text.Length);
        int position = 0;
        for (int i = 0; i < _places.Count; i++)
        {
            var (start, end) = _places[i];
            text.Append(_document.Text, position, start - position);
            text.Append(targets[i] is { } target ? TaggedText.Plain(target) : _document.Text[start..end]);
            position = end;
        }

        text.Append(_document.Text, position, _document.Text.Length - position);
        return new ResultFile("translate.txt", MediaTypes.Text, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(
        @"^(?:[-*•◦▪‣·–]|\([0-9A-Za-z]{1,4}\)|(?:[a-z]|[ivx]{1,5}|\d{1,3})\)|\d{1,3}(?:\.\d{1,3}){0,4}\.?)[ \t]+",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Numbering();
}
