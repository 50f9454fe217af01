using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace SmolLM3.Batch.Documents.Tests.Support;

/// <summary>Writes simple PDF files: pages of Helvetica text, line by line.</summary>
internal static class PdfFile
{
    public static byte[] Of(params IReadOnlyList<string>[] pages)
    {
        var objects = new List<string> { "<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>" };
        var kids = new List<string>();
        foreach (var lines in pages)
        {
            string content = "BT /F1 11 Tf 72 720 Td 14 TL\n" + Shown(lines) + "ET";
            objects.Add($"<< /Length {content.Length} >>\nstream\n{content}\nendstream");
            kids.Add(Page(objects));
        }

        objects[1] = $"<< /Type /Pages /Kids [{string.Join(' ', kids)}] /Count {kids.Count} >>";
        return Write(objects);
    }

    /// <summary>A page of two columns, whose lines are drawn across: left, right, left, right.</summary>
    public static byte[] Columns(IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        var content = new StringBuilder();
        for (int i = 0; i < left.Count; i++)
        {
            content.Append(
                CultureInfo.InvariantCulture,
                $"BT /F1 10 Tf 60 {720 - (14 * i)} Td {Shown([left[i]])}ET\nBT /F1 10 Tf 330 {720 - (14 * i)} Td {Shown([right[i]])}ET\n");
        }

        return Of(content.ToString(), "");
    }

    /// <summary>A page whose content, packed twice, unfolds to so many megabytes of drawing.</summary>
    public static byte[] Bomb(int megabytes)
    {
        byte[] drawing = "BT /F1 9 Tf (a) Tj ET\n"u8.ToArray();
        byte[] once = Packed(drawing, megabytes * 1_000_000 / drawing.Length);
        return Of(Encoding.Latin1.GetString(Packed(once, 1)), "/Filter [/FlateDecode /FlateDecode] ");
    }

    private static byte[] Of(string content, string filter)
    {
        var objects = new List<string> { "<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>" };
        objects.Add($"<< {filter}/Length {content.Length} >>\nstream\n{content}\nendstream");
        string kid = Page(objects);
        objects[1] = $"<< /Type /Pages /Kids [{kid}] /Count 1 >>";
        return Write(objects);
    }

    /// <summary>Adds a page that draws the last object.</summary>
    private static string Page(List<string> objects)
    {
        objects.Add($"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents {objects.Count} 0 R >>");
        return $"{objects.Count} 0 R";
    }

    private static string Shown(IReadOnlyList<string> lines) =>
        string.Concat(lines.Select(line => $"({line.Replace("\\", "\\\\").Replace("(", "\\(").Replace(")", "\\)")}) Tj T*\n"));

    private static byte[] Packed(byte[] content, int times)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.SmallestSize))
        {
            for (int i = 0; i < times; i++) stream.Write(content);
        }

        return packed.ToArray();
    }

    private static byte[] Write(List<string> objects)
    {
        var file = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>();
        for (int i = 0; i < objects.Count; i++)
        {
            offsets.Add(file.Length);
            file.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }

        int xref = file.Length;
        file.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Count + 1}\n0000000000 65535 f \n");
        foreach (int offset in offsets) file.Append(CultureInfo.InvariantCulture, $"{offset:0000000000} 00000 n \n");
        file.Append(CultureInfo.InvariantCulture, $"trailer\n<< /Size {objects.Count + 1} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n");
        return Encoding.Latin1.GetBytes(file.ToString());
    }
}
