using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Wordprocessing;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>
/// A Word paragraph as tagged text. Runs of the paragraph's main look are plain; runs of another look are pairs; hyperlinks are pairs
/// around their runs; everything else (fields, notes, pictures, breaks) is an atom that moves as it is.
/// </summary>
internal sealed class DocxParagraph
{
    private readonly Paragraph _paragraph;
    private readonly List<DocxPiece> _tags = [];
    private readonly RunProperties? _mainLook;
    private readonly string _mainKey;

    public DocxParagraph(Paragraph paragraph)
    {
        _paragraph = paragraph;
        (_mainKey, _mainLook) = MainLook(paragraph);
        var tagged = new StringBuilder();
        Tag(DocxPieces.Of(paragraph), tagged, _mainKey);
        Tagged = tagged.ToString();
        HasText = TaggedText.Plain(Tagged).Any(char.IsLetterOrDigit);
    }

    public string Tagged { get; }

    public bool HasText { get; }

    /// <summary>What people see of each tag's elements.</summary>
    public IReadOnlyList<string> Atoms => [.. _tags.Select(tag => tag.Elements.Any(IsSpace) ? " " : "")];

    /// <summary>Puts the translation in place of the paragraph's content; its properties stay.</summary>
    public void Replace(string target)
    {
        foreach (var child in _paragraph.ChildElements.Where(child => child is not ParagraphProperties).ToList()) child.Remove();
        var open = new Stack<(OpenXmlElement Parent, RunProperties? Look)>();
        open.Push((_paragraph, _mainLook));
        foreach (var part in TaggedText.Parts(target))
        {
            var (parent, look) = open.Peek();
            switch (part.Kind)
            {
                case TagKind.Text: parent.AppendChild(NewRun(part.Text, look)); break;
                case TagKind.Atom:
                    foreach (var element in _tags[part.Number - 1].Elements) parent.AppendChild(element.CloneNode(true));
                    break;
                case TagKind.Open when _tags[part.Number - 1].Link is { } link:
                    var shell = parent.AppendChild((Hyperlink)link.CloneNode(false));
                    open.Push((shell, DocxPieces.FirstLook(link) ?? look));
                    break;
                case TagKind.Open: open.Push((parent, _tags[part.Number - 1].Properties)); break;
                case TagKind.Close: open.Pop(); break;
            }
        }
    }

    private void Tag(IReadOnlyList<DocxPiece> pieces, StringBuilder tagged, string look)
    {
        foreach (var piece in pieces)
        {
            if (piece.Text is not null && piece.Look == look)
            {
                tagged.Append(TaggedText.Literal(piece.Text));
                continue;
            }

            _tags.Add(piece);
            int number = _tags.Count;
            if (piece.Text is not null)
            {
                tagged.Append(TaggedText.Open(number)).Append(TaggedText.Literal(piece.Text)).Append(TaggedText.Close(number));
            }
            else if (piece.Link is { } link && DocxPieces.Of(link) is var inner && inner.Any(part => !string.IsNullOrWhiteSpace(part.Text)))
            {
                tagged.Append(TaggedText.Open(number, link: true));
                Tag(inner, tagged, DocxPieces.KeyOf(DocxPieces.FirstLook(link)));
                tagged.Append(TaggedText.Close(number, link: true));
            }
            else
            {
                tagged.Append(TaggedText.Atom(number));
            }
        }
    }

    /// <summary>The look of most of the text.</summary>
    private static (string Key, RunProperties? Look) MainLook(Paragraph paragraph)
    {
        var main = DocxPieces.Of(paragraph)
            .Where(piece => piece.Text is not null)
            .GroupBy(piece => piece.Look)
            .OrderByDescending(group => group.Sum(piece => piece.Text!.Length))
            .FirstOrDefault();
        return main is null ? ("", null) : (main.Key, main.First().Properties);
    }

    private static bool IsSpace(OpenXmlElement element) => element.Descendants<TabChar>().Any() || element.Descendants<Break>().Any();

    private static Run NewRun(string text, RunProperties? look)
    {
        var run = new Run();
        if (look is not null) run.AppendChild(look.CloneNode(true));
        run.AppendChild(new Text(text) { Space = SpaceProcessingModeValues.Preserve });
        return run;
    }
}
