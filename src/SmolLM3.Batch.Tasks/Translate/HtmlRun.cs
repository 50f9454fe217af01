using System.Text;
using AngleSharp.Dom;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>Neighbouring inline nodes: the text of one unit, and the elements that its tags stand for.</summary>
internal sealed class HtmlRun
{
    private readonly IElement _parent;
    private readonly List<INode> _nodes;
    private readonly List<INode> _tags = [];

    public HtmlRun(IElement parent, List<INode> nodes)
    {
        _parent = parent;
        _nodes = nodes;
        var tagged = new StringBuilder();
        foreach (var node in nodes) Tag(node, tagged);
        Tagged = Collapse(tagged.ToString());
        HasText = TaggedText.Plain(Tagged).Any(char.IsLetterOrDigit);
    }

    public string Tagged { get; }

    public bool HasText { get; }

    /// <summary>What people see of each tag's element.</summary>
    public IReadOnlyList<string> Atoms => [.. _tags.Select(tag => tag is IElement { LocalName: "br" } ? " " : tag.TextContent)];

    /// <summary>
    /// Puts the translation in place of the nodes. A formatted stretch gets a fresh copy of its element; anything else is moved.
    /// </summary>
    public void Replace(string target)
    {
        var owner = _parent.Owner!;
        var anchor = owner.CreateTextNode("");
        _parent.InsertBefore(anchor, _nodes[0]);
        foreach (var node in _nodes) _parent.RemoveChild(node);

        var open = new Stack<INode>();
        open.Push(owner.CreateDocumentFragment());
        foreach (var part in TaggedText.Parts(target))
        {
            switch (part.Kind)
            {
                case TagKind.Text: open.Peek().AppendChild(owner.CreateTextNode(part.Text)); break;
                case TagKind.Atom: open.Peek().AppendChild(_tags[part.Number - 1]); break;
                case TagKind.Open:
                    var element = _tags[part.Number - 1].Clone(false);
                    open.Peek().AppendChild(element);
                    open.Push(element);
                    break;
                case TagKind.Close: open.Pop(); break;
            }
        }

        _parent.InsertBefore(open.Peek(), anchor);
        _parent.RemoveChild(anchor);
    }

    private void Tag(INode node, StringBuilder tagged)
    {
        if (node is IText text)
        {
            tagged.Append(TaggedText.Literal(text.Data));
            return;
        }

        if (node is not IElement element) return;
        _tags.Add(element);
        int number = _tags.Count;
        if (!HtmlInline.IsPaired(element))
        {
            tagged.Append(TaggedText.Atom(number));
            return;
        }

        bool link = element.LocalName == "a";
        tagged.Append(TaggedText.Open(number, link));
        foreach (var child in element.ChildNodes.ToList()) Tag(child, tagged);
        tagged.Append(TaggedText.Close(number, link));
    }

    private static string Collapse(string text) => string.Join(' ', text.Split(' ', '\n', '\t', '\r', '\f').Where(word => word.Length > 0));
}
