namespace SmolLM3.Batch.Documents;

/// <summary>What a block is.</summary>
public enum BlockKind
{
    /// <summary>A paragraph.</summary>
    Paragraph,

    /// <summary>A heading.</summary>
    Heading,

    /// <summary>An item of a list, without the items nested in it.</summary>
    ListItem,

    /// <summary>A row of a table.</summary>
    TableRow,

    /// <summary>A quotation.</summary>
    Quote,

    /// <summary>Code or other preformatted text.</summary>
    Code,

    /// <summary>A footnote or endnote.</summary>
    Footnote,
}
