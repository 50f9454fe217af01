using System.Globalization;
using System.Net;
using System.Text;

namespace SmolLM3.Batch.Cli.Planning;

/// <summary>
/// Draws a simulated run as one SVG: documents waiting, workers (paid and computing), age of the oldest message, cost so far.
/// </summary>
internal static class PlanChart
{
    private const double Width = 960, Left = 84, Right = 36, PanelHeight = 128, Gap = 58, Top = 96;
    private const string Ink = "#1f2328", Faint = "#59636e", Grid = "#d1d9e0", Blue = "#0969da", Sky = "#9ec5ef", Rust = "#bc4c00", Green = "#1a7f37";

    // Minutes, hours, days: what people divide time by.
    private static readonly double[] TimeSteps =
        [1, 5, 10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000, 2_592_000, 7_776_000, 31_536_000];

    public static string Draw(PlanReport report, string title)
    {
        var run = report.Run;
        var samples = run.Samples;
        var end = Math.Max(run.Makespan, 1);
        var height = Top + (4 * (PanelHeight + Gap)) - 12;
        var svg = new StringBuilder();
        Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width:0} {height:0}" font-family="system-ui, -apple-system, Segoe UI, sans-serif" font-size="13" role="img">
            <title>{WebUtility.HtmlEncode(title)}</title>
            <rect width="100%" height="100%" fill="#fff"/>
            <text x="{Left:0}" y="34" font-size="18" font-weight="600" fill="{Ink}">{WebUtility.HtmlEncode(title)}</text>
            <text x="{Left:0}" y="56" fill="{Faint}">done after {Durations.Text(run.Makespan)} · queue age p95 {Durations.Text(run.QueueAgeP95)} · GPUs busy {run.Utilisation:0%} · {run.ColdStarts:#,0} cold starts · {report.Dollars:#,0.00} USD, {report.DollarsPer1000Pages:0.00} per 1,000 pages</text>

            """);
        Panel(svg, 0, "documents waiting", end, samples, new Line(Blue, sample => sample.Waiting));
        Panel(
            svg, 1, "workers", end, samples, new Line(Sky, sample => sample.Workers, "paid"),
            new Line(Blue, sample => sample.Busy, "computing"));
        Panel(svg, 2, "age of the oldest message waiting, minutes", end, samples, new Line(Rust, sample => sample.OldestAge / 60));
        Panel(svg, 3, "US dollars so far", end, samples, new Line(Green, sample => sample.WorkerSeconds / 3600 * report.DollarsPerHour));
        svg.Append("</svg>\n");
        return svg.ToString();
    }

    private static void Panel(
        StringBuilder svg, int index, string label, double end, IReadOnlyList<SimulationSample> samples, params Line[] lines)
    {
        var top = Top + (index * (PanelHeight + Gap));
        var bottom = top + PanelHeight;
        var most = samples.Max(lines[0].Value);
        var peak = NiceCeiling(most);
        Append(svg, $"""<text x="{Left:0}" y="{top - 10:0}" font-weight="600" fill="{Ink}">{label}<tspan font-weight="400" fill="{Faint}">  at most {most:#,0.##}</tspan></text>""");
        Legend(svg, top - 10, lines);
        for (var line = 0; line <= 2; line++)
        {
            var y = bottom - (PanelHeight * line / 2);
            Append(svg, $"""<line x1="{Left:0}" x2="{Width - Right:0}" y1="{y:0.#}" y2="{y:0.#}" stroke="{Grid}"/><text x="{Left - 8:0}" y="{y + 4:0.#}" text-anchor="end" fill="{Faint}">{peak * line / 2:#,0.##}</text>""");
        }

        var step = TimeSteps.FirstOrDefault(candidate => end / candidate <= 9, end / 8);
        for (var time = 0.0; time <= end; time += step)
        {
            var x = X(time, end);
            Append(svg, $"""<line x1="{x:0.#}" x2="{x:0.#}" y1="{top:0}" y2="{bottom + 4:0}" stroke="{Grid}" stroke-dasharray="2 4"/><text x="{x:0.#}" y="{bottom + 20:0}" text-anchor="middle" fill="{Faint}">{Durations.Text(time, step)}</text>""");
        }

        foreach (var line in lines) Area(svg, line, bottom, peak, end, samples);
    }

    private static void Legend(StringBuilder svg, double y, Line[] lines)
    {
        var x = Width - Right;
        foreach (var line in lines.Where(line => line.Name is not null).Reverse())
        {
            Append(svg, $"""<text x="{x:0}" y="{y:0}" text-anchor="end" fill="{Faint}">{line.Name}</text>""");
            x -= (line.Name!.Length * 8) + 20;
            Append(svg, $"""<rect x="{x:0}" y="{y - 10:0}" width="11" height="11" rx="2" fill="{line.Colour}"/>""");
            x -= 16;
        }
    }

    private static void Area(StringBuilder svg, Line line, double bottom, double peak, double end, IReadOnlyList<SimulationSample> samples)
    {
        var points = new StringBuilder();
        foreach (var sample in samples)
            points.Append(
                CultureInfo.InvariantCulture, $"L{X(sample.Time, end):0.#} {bottom - (PanelHeight * line.Value(sample) / peak):0.#}");
        Append(svg, $"""<path d="M{Left:0} {bottom:0.#}{points}L{X(samples[^1].Time, end):0.#} {bottom:0.#}Z" fill="{line.Colour}" fill-opacity=".25" stroke="none"/>""");
        Append(
            svg,
            $"""<path d="M{points.ToString()[1..]}" fill="none" stroke="{line.Colour}" stroke-width="1.5" stroke-linejoin="round"/>""");
    }

    private static double X(double time, double end) => Left + ((Width - Left - Right) * Math.Min(1, time / end));

    private static double NiceCeiling(double value)
    {
        if (value <= 0) return 1;
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return ((double[])[1, 1.5, 2, 3, 4, 5, 6, 8, 10]).Select(step => step * magnitude).First(nice => nice >= value * 0.999);
    }

    private static void Append(StringBuilder svg, FormattableString text) =>
        svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private sealed record Line(string Colour, Func<SimulationSample, double> Value, string? Name = null);
}
