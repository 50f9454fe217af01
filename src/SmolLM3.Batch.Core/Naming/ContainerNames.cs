namespace SmolLM3.Batch.Naming;

/// <summary>The four blob containers. Bicep creates containers of exactly these names.</summary>
public static class ContainerNames
{
    /// <summary>Documents that users upload.</summary>
    public const string Documents = "documents";

    /// <summary>Job records and checkpoints.</summary>
    public const string Jobs = "jobs";

    /// <summary>Results and manifests.</summary>
    public const string Results = "results";

    /// <summary>Model checkpoints, as the hub lays them out.</summary>
    public const string Models = "models";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Documents, Jobs, Results, Models];
}
