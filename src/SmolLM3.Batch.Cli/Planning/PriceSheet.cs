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

    /// <summary>A vCPU of a worker whose GPU is billed by the second.</summary>
    public double VCpuDollarsPerSecond { get; init; }

    /// <summary>A GiB of such a worker's memory.</summary>
    public double MemoryDollarsPerGiBSecond { get; init; }

    /// <summary>Share of the matrix peak that prefill reaches, 0 to 1.</summary>
    public required double PrefillShareOfPeak { get; init; }

    /// <summary>Share of the memory bandwidth that decode reaches, 0 to 1.</summary>
    public required double DecodeShareOfBandwidth { get; init; }

    public static PriceSheet Load(string? path)
    {
        var file = path ?? Path.Combine(AppContext.BaseDirectory, "Planning", "prices.json");
        if (!File.Exists(file))
            throw new CliException(
                $"There is no price file {file}. Copy src/SmolLM3.Batch.Cli/Planning/prices.json and fill in your own prices.");
        PriceSheet? sheet;
        try
        {
            sheet = JsonSerializer.Deserialize<PriceSheet>(File.ReadAllText(file), Json);
        }
        catch (JsonException exception)
        {
            throw new CliException($"The price file {file} cannot be read: {exception.Message}", exception);
        }

        if (sheet?.Gpus is not { Count: > 0 }) throw new CliException($"The price file {file} names no GPU.");
        foreach (var share in (double[])[sheet.PrefillShareOfPeak, sheet.DecodeShareOfBandwidth])
        {
            if (share is not (> 0 and <= 1))
                throw new CliException($"The price file {file} states a share of {share}; shares lie above 0 and up to 1.");
        }

        foreach (var gpu in sheet.Gpus)
        {
            if (gpu is not { MemoryGiB: > 0, BandwidthGBs: > 0, PeakTflops: > 0, KeyValueGiB: null or > 0 })
                throw new CliException($"The price file {file} gives {gpu.Name} a size or speed that is not positive.");
            if (gpu.DollarsPerHour is null == gpu.GpuDollarsPerSecond is null)
                throw new CliException(
                    $"The price file {file} must give {gpu.Name} either dollarsPerHour or gpuDollarsPerSecond (with vCpus and hostGiB).");
            if (sheet.DollarsPerHour(gpu) is not (>= 0 and < double.PositiveInfinity))
                throw new CliException($"The price file {file} gives {gpu.Name} a price below 0.");
        }

        return sheet;
    }

    /// <summary>What an hour of a worker costs, its vCPUs and memory included.</summary>
    public double DollarsPerHour(GpuOffer gpu) => gpu.DollarsPerHour
        ?? 3600 * (gpu.GpuDollarsPerSecond!.Value + (gpu.VCpus * VCpuDollarsPerSecond) + (gpu.HostGiB * MemoryDollarsPerGiBSecond));

    public GpuOffer Find(string name) =>
        Gpus.FirstOrDefault(gpu => gpu.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new CliException($"The price file knows no GPU '{name}', only {string.Join(", ", Gpus.Select(gpu => gpu.Name))}.");
}
