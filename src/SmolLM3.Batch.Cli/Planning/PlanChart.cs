using System.Globalization;
using System.Net;
using System.Text;

namespace SmolLM3.Batch.Cli.Planning;

/// <summary>Draws a simulated run as one SVG: documents waiting, workers (busy and warm), age of the oldest message.</summary>
internal static class PlanChart
{
    private const double Width = 960, Left = 84, Right = 44, PanelHeight = 150, Gap = 46, Top = 64;

    public static string Draw(SimulationResult result, string title)
    {
        var hours = result.Makespan >= 7200;
        var (unit, scale) = hours ? ("h", 3600.0) : ("min", 60.0);
        var samples = result.Samples;
        var end = Math.Max(result.Makespan, 1e-9);
        var svg = new StringBuilder();
        var height = Top + (3 * (PanelHeight + Gap)) + 10;
        Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width:0} {height:0}" font-family="system-ui, sans-serif" font-size="13" role="img">
            <title>{WebUtility.HtmlEncode(title)}</title>
            <rect width="100%" height="100%" fill="#fff"/>
            <text x="{Left:0}" y="30" font-size="17" font-weight="600" fill="#1b1f24">{WebUtility.HtmlEncode(title)}</text>

            """);
        Panel(svg, 0, $"documents waiting", "#0969da", samples, end, scale, unit, sample => sample.Waiting);
        Panel(svg, 1, "workers: started (light), computing (dark)", "#9ec5ef", samples, end, scale, unit, sample => sample.Workers, sample => sample.Busy);
        Panel(svg, 2, "age of the oldest message, min", "#bc4c00", samples, end, scale, unit, sample => sample.OldestAge / 60);
        svg.Append("</svg>\n");
        return svg.ToString();
    }

    private static void Panel(
        StringBuilder svg, int index, string label, string colour, IReadOnlyList<SimulationSample> samples, double end, double scale, string unit,
        Func<SimulationSample, double> value, Func<SimulationSample, double>? inner = null)
    {
        var top = Top + (index * (PanelHeight + Gap));
        var peak = NiceCeiling(samples.Max(value));
        Append(svg, $"""<text x="{Left:0}" y="{top - 8:0}" fill="#57606a">{label}</text>""");
        for (var line = 0; line <= 2; line++)
        {
            var y = top + (PanelHeight * (1 - (line / 2.0)));
            Append(svg, $"""<line x1="{Left:0}" x2="{Width - Right:0}" y1="{y:0.#}" y2="{y:0.#}" stroke="#d0d7de"/><text x="{Left - 8:0}" y="{y + 4:0.#}" text-anchor="end" fill="#57606a">{(peak * line / 2).ToString("#,0.##", CultureInfo.InvariantCulture)}</text>""");
        }

        Area(svg, top, peak, colour, samples, end, value);
        if (inner is not null) Area(svg, top, peak, "#0969da", samples, end, inner);
        for (var tick = 0; tick <= 6; tick++)
        {
            var x = Left + ((Width - Left - Right) * tick / 6);
            Append(svg, $"""<text x="{x:0.#}" y="{top + PanelHeight + 18:0}" text-anchor="middle" fill="#57606a">{end * tick / 6 / scale:0.#} {unit}</text>""");
        }
    }

    private static void Area(StringBuilder svg, double top, double peak, string colour, IReadOnlyList<SimulationSample> samples, double end, Func<SimulationSample, double> value)
    {
        svg.Append("<path d=\"");
        Append(svg, $"M{Left:0.#} {top + PanelHeight:0.#}");
        foreach (var sample in samples)
        {
            Append(svg, $"L{Left + ((Width - Left - Right) * Math.Min(1, sample.Time / end)):0.#} {top + (PanelHeight * (1 - (value(sample) / peak))):0.#}");
        }

        Append(svg, $"L{Width - Right:0.#} {top + PanelHeight:0.#}Z\" fill=\"{colour}\" fill-opacity=\".75\" stroke=\"{colour}\"/>");
        svg.Append('\n');
    }

    private static double NiceCeiling(double value)
    {
        if (value <= 0) return 1;
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return ((double[])[1, 1.5, 2, 3, 4, 5, 6, 8, 10]).Select(step => step * magnitude).First(nice => nice >= value);
    }

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
