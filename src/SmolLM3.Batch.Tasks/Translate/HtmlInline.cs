using System.Collections.Frozen;
using AngleSharp.Dom;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>What inline elements mean for translation.</summary>
internal static class HtmlInline
{
    private static readonly FrozenSet<string> Paired = FrozenSet.ToFrozenSet(
    [
        "a", "abbr", "b", "bdi", "bdo", "big", "cite", "del", "dfn", "em", "font", "i", "ins", "label", "mark", "q", "s", "small", "span",
        "strike", "strong", "sub", "sup", "time", "tt", "u",
    ]);

    private static readonly FrozenSet<string> Atomic = FrozenSet.ToFrozenSet(
    [
        "audio", "br", "button", "canvas", "code", "data", "embed", "iframe", "img", "input", "kbd", "map", "math", "meter", "object",
        "output",
        "picture", "progress", "ruby", "samp", "select", "svg", "textarea", "var", "video", "wbr",
    ]);

    private static readonly FrozenSet<string> Opaque =
        FrozenSet.ToFrozenSet(["pre", "style", "script", "template", "noscript", "head", "link", "meta"]);

    /// <summary>Whether the element flows with text: an inline element that holds no block.</summary>
    public static bool IsInline(IElement element) =>
        Atomic.Contains(element.LocalName) || (Paired.Contains(element.LocalName) && element.QuerySelectorAll("*").All(Flows));

    private static bool Flows(IElement element) => Paired.Contains(element.LocalName) || Atomic.Contains(element.LocalName);

    /// <summary>Whether an inline element's text is translated.</summary>
    public static bool IsPaired(IElement element) =>
        Paired.Contains(element.LocalName) && element.GetAttribute("translate") != "no" && !string.IsNullOrWhiteSpace(element.TextContent);

    /// <summary>Whether a block's content is translated.</summary>
    public static bool IsTranslatable(IElement element) => !Opaque.Contains(element.LocalName) && element.GetAttribute("translate") != "no";
}
