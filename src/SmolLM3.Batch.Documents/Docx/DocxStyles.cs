using System.Globalization;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace SmolLM3.Batch.Documents.Docx;

/// <summary>What paragraph styles say about headings and numbering, inherited styles included.</summary>
internal sealed class DocxStyles
{
    private const int LongestChain = 20;

    private readonly Dictionary<string, Style> _styles = new(StringComparer.Ordinal);

    public DocxStyles(MainDocumentPart part)
    {
        foreach (var style in part.StyleDefinitionsPart?.Styles?.Elements<Style>() ?? [])
        {
            if (style.StyleId?.Value is { } id) _styles.TryAdd(id, style);
        }
    }

    /// <summary>1 to 6, or null where the paragraph is no heading.</summary>
    public int? HeadingLevel(Paragraph paragraph)
    {
        if (Level(paragraph.ParagraphProperties?.OutlineLevel?.Val?.Value) is { } own) return own;
        string? id = paragraph.ParagraphProperties?.ParagraphStyleId?.Val?.Value;
        foreach (var style in Chain(id))
        {
            if (Level(style.StyleParagraphProperties?.OutlineLevel?.Val?.Value) is { } inherited) return inherited;
            if (ByName(style.StyleName?.Val?.Value) is { } named) return named;
        }

        // Some writers use the built-in names without defining them.
        return id is not null && !_styles.ContainsKey(id) ? ByName(id) : null;
    }

    /// <summary>The paragraph's list and level, its own or its style's.</summary>
    public (int List, int Level)? Numbering(Paragraph paragraph)
    {
        var own = paragraph.ParagraphProperties?.NumberingProperties;
        int? list = own?.NumberingId?.Val?.Value;
        int? level = own?.NumberingLevelReference?.Val?.Value;
        foreach (var style in Chain(paragraph.ParagraphProperties?.ParagraphStyleId?.Val?.Value))
        {
            var properties = style.StyleParagraphProperties?.NumberingProperties;
            list ??= properties?.NumberingId?.Val?.Value;
            level ??= properties?.NumberingLevelReference?.Val?.Value;
        }

        return list is { } found ? (found, Math.Clamp(level ?? 0, 0, 8)) : null;
    }

    private IEnumerable<Style> Chain(string? id)
    {
        for (int i = 0; i < LongestChain && id is not null && _styles.TryGetValue(id, out var style); i++)
        {
            yield return style;
            id = style.BasedOn?.Val?.Value;
        }
    }

    private static int? Level(int? outline) => outline is >= 0 and <= 8 ? Math.Min(6, outline.Value + 1) : null;

    private static int? ByName(string? name)
    {
        if (name is null) return null;
        if (name.Equals("Title", StringComparison.OrdinalIgnoreCase)) return 1;
        if (!name.StartsWith("heading", StringComparison.OrdinalIgnoreCase)) return null;
        bool numbered = int.TryParse(name.AsSpan(7).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int level);
        return numbered && level is >= 1 and <= 9 ? Math.Min(6, level) : null;
    }
}
