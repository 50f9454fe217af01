using AngleSharp.Dom;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>Takes out of a page what could run.</summary>
internal static class HtmlSanitizer
{
    private static readonly string[] AddressAttributes =
        ["href", "src", "action", "formaction", "data", "poster", "xlink:href", "srcdoc", "background"];

    public static void Clean(IDocument page)
    {
        foreach (var element in page.QuerySelectorAll(
            "script, iframe, object, embed, base, meta[http-equiv=refresh i]").ToList()) element.Remove();
        foreach (var element in page.All)
        {
            foreach (var attribute in element.Attributes.ToList())
            {
                if (attribute.Name.StartsWith(
                    "on", StringComparison.OrdinalIgnoreCase) || IsScriptAddress(attribute)) element.RemoveAttribute(attribute.Name);
            }
        }
    }

    private static bool IsScriptAddress(IAttr attribute)
    {
        if (!AddressAttributes.Contains(attribute.Name, StringComparer.OrdinalIgnoreCase)) return false;
        if (attribute.Name.Equals("srcdoc", StringComparison.OrdinalIgnoreCase)) return true;

        // Browsers ignore control characters and space inside a scheme.
        string address = string.Concat(attribute.Value.Where(c => c > ' ' && !char.IsControl(c)));
        return address.StartsWith("javascript:", StringComparison.OrdinalIgnoreCase)
            || address.StartsWith("vbscript:", StringComparison.OrdinalIgnoreCase)
            || (address.StartsWith("data:", StringComparison.OrdinalIgnoreCase) && !address.StartsWith(
                "data:image/", StringComparison.OrdinalIgnoreCase));
    }
}
