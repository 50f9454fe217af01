using System.Collections.Frozen;
using AngleSharp.Dom;

namespace SmolLM3.Batch.Documents.Html;

/// <summary>What tags mean for reading order and visibility.</summary>
internal static class HtmlTags
{
    private static readonly FrozenSet<string> Block = FrozenSet.ToFrozenSet(
    [
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "li", "main", "nav", "ol",
        "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
    ]);

    private static readonly FrozenSet<string> Hidden = FrozenSet.ToFrozenSet(
    [
        "script", "style", "template", "noscript", "head", "iframe", "object", "embed", "svg", "math", "canvas", "audio", "video", "map",
        "select", "datalist", "textarea", "button", "input",
    ]);

    public static bool IsBlock(string tag) => Block.Contains(tag);

    public static bool IsHidden(IElement element) =>
        Hidden.Contains(element.LocalName)
        || element.HasAttribute("hidden")
        || element.GetAttribute("style") is { } style
            && style.Replace(" ", "").Contains("display:none", StringComparison.OrdinalIgnoreCase);
}
