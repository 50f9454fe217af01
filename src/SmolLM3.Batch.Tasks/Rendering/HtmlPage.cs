using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SmolLM3.Batch.Tasks.Results;

namespace SmolLM3.Batch.Tasks.Rendering;

/// <summary>
/// The frame of every HTML result: one self-contained page without script, whose policy allows nothing but its own style sheet.
/// </summary>
internal static class HtmlPage
{
    private static readonly string Css = LoadCss();
    private static readonly string CssHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Css)));
    private static readonly string Policy = $"default-src 'none'; style-src 'sha256-{CssHash}'; base-uri 'none'; form-action 'none'";

    public static string Render(
        string kind, string title, ResultHeader header, Action<HtmlWriter> body, string? pageClass = null, string? language = null)
    {
        var html = new HtmlWriter();
        html.DocumentType().Open("html", ("lang", language));
        html.Open("head").Void("meta", ("charset", "utf-8"));
        html.Void("meta", ("http-equiv", "Content-Security-Policy"), ("content", Policy));
        html.Void("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        html.Void("meta", ("name", "color-scheme"), ("content", "light dark"));
        html.Element("title", $"{title} · {kind}").Style(Css).Close();

        html.Open("body", ("class", pageClass)).Open("main");
        html.Open("header", ("class", "top"));
        html.Element("p", kind, ("class", "kind")).Element("h1", title);
        html.Element("p", DocumentLine(header), ("class", "meta"));
        html.Close();
        Warnings(html, header);
        body(html);
        Footer(html, header);
        html.Close().Close().Close();
        return html.ToString();
    }

    private static string DocumentLine(ResultHeader header)
    {
        var parts = new List<string> { header.Document.Name };
        if (header.Document.Pages is { } pages) parts.Add(Number(pages) + (pages == 1 ? " page" : " pages"));
        parts.Add($"{Number(header.Document.Characters)} characters");
        parts.Add(
            header.Coverage >= 1 ? "read in full" : $"{(100 * header.Coverage).ToString("0.#", CultureInfo.InvariantCulture)} % read");
        return string.Join(" · ", parts);
    }

    private static void Warnings(HtmlWriter html, ResultHeader header)
    {
        if (header.Warnings.Count == 0) return;
        html.Open("aside", ("class", "warnings")).Element("h2", "Please note").Open("ul");
        foreach (string warning in header.Warnings) html.Element("li", warning);
        html.Close().Close();
    }

    private static void Footer(HtmlWriter html, ResultHeader header)
    {
        html.Open("footer");
        string parts = header.Plan.Chunks == 1 ? "part" : "parts";
        string completions = header.Plan.Completions == 1 ? "completion" : "completions";
        html.Element("p", string.Create(
            CultureInfo.InvariantCulture,
            $"{header.Model.Name} ({header.Model.Revision}) · {header.GeneratedAt:yyyy-MM-dd HH:mm} UTC · "
            + $"{header.Plan.Chunks:N0} {parts}, {header.Plan.Completions:N0} {completions} · {header.Usage.PromptTokens:N0} tokens read "
            + $"({header.Usage.CachedTokens:N0} shared), {header.Usage.CompletionTokens:N0} written"));
        html.Element("p", "Written by a language model. Check what matters against the source.");
        html.Close();
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string LoadCss()
    {
        using var stream = typeof(HtmlPage).Assembly.GetManifestResourceStream("SmolLM3.Batch.Tasks.Rendering.page.css")
            ?? throw new InvalidOperationException("The style sheet page.css is missing from the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
