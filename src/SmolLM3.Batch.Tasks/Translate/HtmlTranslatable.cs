using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Documents.Html;
using SmolLM3.Batch.Tasks.Results;
using Document = SmolLM3.Batch.Documents.Document;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>
/// HTML: the words change, the elements stay. Scripts, event handlers and script addresses are removed, for results are opened by people
/// who did not write the page.
/// </summary>
internal sealed class HtmlTranslatable : ITranslatable
{
    private readonly IHtmlDocument _page;
    private readonly List<HtmlRun> _runs = [];
    private readonly List<Unit> _units = [];

    public HtmlTranslatable(Document document)
    {
        _page = HtmlTree.Parse(HtmlSource.Decode(document), document.Name, new DocumentLimits(), CancellationToken.None);
        HtmlSanitizer.Clean(_page);
        if (_page.QuerySelector("title") is { } title) Add(new HtmlRun(title, [.. title.ChildNodes]), BlockKind.Heading);
        if (_page.Body is { } body) Walk(body);
    }

    public IReadOnlyList<Unit> Units => _units;

    public ResultFile Write(IReadOnlyList<string?> targets, string language)
    {
        for (int i = 0; i < _runs.Count; i++)
        {
            if (targets[i] is { } target) _runs[i].Replace(target);
        }

        _page.DocumentElement.SetAttribute("lang", language);
        using var writer = new StringWriter();
        _page.ToHtml(writer, AngleSharp.Html.HtmlMarkupFormatter.Instance);
        return new ResultFile("translate.document.html", MediaTypes.Html, Encoding.UTF8.GetBytes(writer.ToString()));
    }

    /// <summary>Finds runs of inline content between block elements. The reader has bounded the depth already.</summary>
    private void Walk(IElement block)
    {
        var run = new List<INode>();
        foreach (var child in block.ChildNodes.ToList())
        {
            if (child is IElement element && !HtmlInline.IsInline(element))
            {
                Flush(block, run);
                if (HtmlInline.IsTranslatable(element)) Walk(element);
            }
            else
            {
                run.Add(child);
            }
        }

        Flush(block, run);
    }

    private void Flush(IElement block, List<INode> run)
    {
        if (run.Count > 0) Add(new HtmlRun(block, [.. run]), Kind(block));
        run.Clear();
    }

    private void Add(HtmlRun run, BlockKind kind)
    {
        if (!run.HasText) return;
        _runs.Add(run);
        _units.Add(new Unit(kind, run.Tagged, run.Atoms));
    }

    private static BlockKind Kind(IElement block) => block.LocalName switch
    {
        "h1" or "h2" or "h3" or "h4" or "h5" or "h6" => BlockKind.Heading,
        "li" => BlockKind.ListItem,
        "td" or "th" => BlockKind.TableRow,
        "blockquote" => BlockKind.Quote,
        _ => BlockKind.Paragraph,
    };
}
