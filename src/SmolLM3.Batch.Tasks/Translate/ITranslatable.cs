namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>A document that can be written again with other words.</summary>
internal interface ITranslatable
{
    /// <summary>Its text in order.</summary>
    IReadOnlyList<Unit> Units { get; }

    /// <summary>
    /// The document with each unit's text replaced; tags of each target are those of its unit, well-formed, pairs possibly left out.
    /// </summary>
    /// <param name="targets">One per unit; null keeps the source.</param>
    /// <param name="language">Code of the target language.</param>
    ResultFile Write(IReadOnlyList<string?> targets, string language);
}
