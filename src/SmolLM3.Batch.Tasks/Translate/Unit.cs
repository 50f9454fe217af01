using SmolLM3.Batch.Documents;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>
/// A paragraph, heading, item or cell to translate: one line in which inline formatting stands as tags: <c>&lt;1&gt;…&lt;/1&gt;</c> around
/// text, <c>&lt;2/&gt;</c> in place of what is not text. A literal <c>&lt;</c> in the text stands as <c>‹</c> with a tag of its own where it would read like a tag.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The tagged text.</param>
internal sealed record Unit(BlockKind Kind, string Text);
