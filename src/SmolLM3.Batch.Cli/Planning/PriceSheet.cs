using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmolLM3.Batch.Cli.Planning;

/// <summary>Devices, prices and shares of peak, from a file the user can replace with <c>--prices</c>.</summary>
internal sealed record PriceSheet
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    public required string Note { get; init; }

    public required IReadOnlyList<GpuOffer> Gpus { get; init; }

    /// <summary>Share of the matrix peak that prefill reaches, 0 to 1.</summary>
    public required double PrefillShareOfPeak { get; init; }

    /// <summary>Share of the memory bandwidth that decode reaches, 0 to 1.</summary>
    public required double DecodeShareOfBandwidth { get; init; }

    public static PriceSheet Load(string? path)
    {
        var file = path ?? Path.Combine(AppContext.BaseDirectory, "Planning", "prices.json");
        if (!File.Exists(file)) throw new CliException($"There is no price file {file}. Copy src/SmolLM3.Batch.Cli/Planning/prices.json and fill in your own prices.");
        PriceSheet? sheet;
        try
        {
            sheet = JsonSerializer.Deserialize<PriceSheet>(File.ReadAllText(file), Json);
        }
        catch (JsonException exception)
        {
            throw new CliException($"The price file {file} cannot be read: {exception.Message}", exception);
        }

        if (sheet is null || sheet.Gpus.Count == 0) throw new CliException($"The price file {file} names no GPU.");
        foreach (var share in (double[])[sheet.PrefillShareOfPeak, sheet.DecodeShareOfBandwidth])
        {
            if (share is not (> 0 and <= 1)) throw new CliException($"The price file {file} states a share of {share}; shares lie above 0 and up to 1.");
        }

        foreach (var gpu in sheet.Gpus)
        {
            if (gpu is not { MemoryGiB: > 0, BandwidthGBs: > 0, PeakTflops: > 0, DollarsPerHour: >= 0 })
                throw new CliException($"The price file {file} gives {gpu.Name} a size, speed or price that is not positive.");
        }

        return sheet;
    }

    public GpuOffer Find(string name) =>
        Gpus.FirstOrDefault(gpu => gpu.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new CliException($"The price file knows no GPU '{name}', only {string.Join(", ", Gpus.Select(gpu => gpu.Name))}.");
}
