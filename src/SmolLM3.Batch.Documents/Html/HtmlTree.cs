using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace SmolLM3.Batch.Documents.Html;

/// <summary>
/// Parses HTML that may be hostile. AngleSharp's cost grows with the square of the nesting, and so it is watched while it builds:
/// a page that nests too deep, or takes too long, is dropped at that moment.
/// </summary>
internal static class HtmlTree
{
    private const int CheckEvery = 8;
    private const int MostAttributes = 1_000;

    public static IHtmlDocument Parse(string html, string name, DocumentLimits limits, CancellationToken cancellationToken)
    {
        IElement? latest = null;
        int created = 0;
        var options = new HtmlParserOptions
        {
            IsScripting = false,
            MaximumDepth = int.MaxValue,
            OnCreated = (element, _) =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (++created % CheckEvery == 0 && latest is not null && Depth(latest) > limits.MaxDepth)
                    throw Faults.TooDeep(name, limits);
                latest = element;
            },
            ShouldEmitAttribute = (ref token, _) => token.Attributes.Count < MostAttributes,
        };
        return new HtmlParser(options).ParseDocument(html);
    }

    private static int Depth(INode node)
    {
        int depth = 0;
        for (INode? ancestor = node; ancestor is not null; ancestor = ancestor.Parent) depth++;
        return depth;
    }
}
