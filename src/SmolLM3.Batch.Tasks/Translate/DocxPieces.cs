using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Wordprocessing;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>Part of a paragraph: text of one look, or something that is not text.</summary>
/// <param name="Elements">The run it comes from, or the elements that move together.</param>
/// <param name="Text">Its text, or null.</param>
/// <param name="Look">Key of its run properties.</param>
internal readonly record struct DocxPiece(IReadOnlyList<OpenXmlElement> Elements, string? Text, string Look)
{
    /// <summary>The hyperlink, where the piece is one.</summary>
    public Hyperlink? Link => Elements[0] as Hyperlink;

    /// <summary>The properties of the run.</summary>
    public RunProperties? Properties => (Elements[0] as Run)?.RunProperties;
}

/// <summary>Takes paragraphs apart.</summary>
internal static class DocxPieces
{
    /// <summary>Children as pieces; neighbouring runs of one look are one piece, for Word splits runs wherever it once saved.</summary>
    public static IReadOnlyList<DocxPiece> Of(OpenXmlElement parent)
    {
        var pieces = new List<DocxPiece>();
        int fields = 0;
        foreach (var child in parent.ChildElements)
        {
            if (child is ParagraphProperties or ProofError or LastRenderedPageBreak) continue;
            int before = fields;
            fields += FieldChange(child);

            // A field's instructions and result belong together; all of it, first run to last, moves as atoms.
            bool inField = before > 0 || fields > 0;
            if (child is Run run && !inField && TextOf(run) is { } text) Append(pieces, run, text);
            else AppendAtom(pieces, child);
        }

        return pieces;
    }

    public static string KeyOf(RunProperties? look)
    {
        if (look is null) return "";
        var key = new StringBuilder();
        foreach (var property in look.ChildElements)
        {
            // Proofing language and marks do not change the look.
            if (property is not (Languages or NoProof)) key.Append(property.OuterXml);
        }

        return key.ToString();
    }

    public static RunProperties? FirstLook(OpenXmlElement parent) =>
        parent.Elements<Run>().FirstOrDefault(run => TextOf(run) is not null)?.RunProperties;

    private static void Append(List<DocxPiece> pieces, Run run, string text)
    {
        string look = KeyOf(run.RunProperties);
        if (pieces.Count > 0 && pieces[^1] is { Text: { } previous } last && last.Look == look)
            pieces[^1] = last with { Text = previous + text };
        else pieces.Add(new DocxPiece([run], text, look));
    }

    /// <summary>Neighbouring atoms become one, so that a model has fewer tags to carry. A link has a tag of its own.</summary>
    private static void AppendAtom(List<DocxPiece> pieces, OpenXmlElement element)
    {
        bool joins = pieces.Count > 0 && pieces[^1] is { Text: null, Link: null } && element is not Hyperlink;
        if (joins) pieces[^1] = pieces[^1] with { Elements = [.. pieces[^1].Elements, element] };
        else pieces.Add(new DocxPiece([element], null, ""));
    }

    /// <summary>The text of a run that holds nothing else, or null.</summary>
    private static string? TextOf(Run run)
    {
        var text = new StringBuilder();
        foreach (var child in run.ChildElements)
        {
            switch (child)
            {
                case Text part: text.Append(part.Text); break;
                case NoBreakHyphen: text.Append('\u2011'); break;
                case RunProperties or LastRenderedPageBreak or SoftHyphen: break;
                default: return null;
            }
        }

        return text.Length > 0 ? text.ToString() : null;
    }

    private static int FieldChange(OpenXmlElement child) => child.Descendants<FieldChar>().Sum(field => field.FieldCharType?.Value switch
    {
        FieldCharValues.Begin => 1,
        FieldCharValues.End => -1,
        _ => 0,
    });
}
