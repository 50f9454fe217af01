using System.Text.Json.Serialization;

namespace SmolLM3.Batch.Cli.LocalPipeline;

/// <summary>Where a running local pipeline is reached, as <c>pipeline.json</c> in its state folder says.</summary>
internal sealed record LocalEndpoints
{
    // Azurite's well-known development account; it guards nothing.
    private const string DevelopmentKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    public required int OwnerProcess { get; init; }

    /// <summary>
    /// When <see cref="OwnerProcess"/> began, as <see cref="ProcessStart"/> tells it; null where an older version wrote the file.
    /// </summary>
    public string? OwnerStart { get; init; }

    public required string Api { get; init; }

    public required string Storage { get; init; }

    public required string ServiceBus { get; init; }

    public required IReadOnlyDictionary<string, int> Processes { get; init; }

    /// <summary>When each of <see cref="Processes"/> began, where that is known.</summary>
    public IReadOnlyDictionary<string, string> ProcessStarts { get; init; } = new Dictionary<string, string>();

    [JsonIgnore]
    public string BlobAddress => Storage[(Storage.IndexOf("BlobEndpoint=", StringComparison.Ordinal) + "BlobEndpoint=".Length)..];

    public static string StorageConnection(int port) =>
        $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={DevelopmentKey};BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1";

    public static string ServiceBusConnection(string file) => $"Endpoint=file://{file}";
}
