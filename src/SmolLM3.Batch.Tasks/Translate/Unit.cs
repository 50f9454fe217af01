using SmolLM3.Batch.Documents;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>
/// A paragraph, heading, item or cell to translate: one line in which inline formatting stands as tags: <c>&lt;1&gt;…&lt;/1&gt;</c> around
/// formatted text, <c>&lt;a2&gt;…&lt;/a2&gt;</c> around links, <c>&lt;3/&gt;</c> in place of what is not text.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The tagged text.</param>
/// <param name="Atoms">What people see in place of each tag, by its number from 1.</param>
internal sealed record Unit(BlockKind Kind, string Text, IReadOnlyList<string> Atoms)
{
    /// <summary>A tagged text of this unit as people read it.</summary>
    public string Readable(string tagged) => string.Concat(TaggedText.Parts(tagged).Select(part => part.Kind switch
    {
        TagKind.Text => part.Text,
        TagKind.Atom => Atoms[part.Number - 1],
        _ => "",
    }));
}
