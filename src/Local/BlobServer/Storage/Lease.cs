namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>The lease of a blob or container, as it was last written; what it is now depends on the time.</summary>
internal sealed record Lease
{
    public required string Id { get; init; }

    /// <summary>null: never ends by itself.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>When a lease with a duration runs out.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When a break that was asked for takes effect.</summary>
    public DateTimeOffset? Breaks { get; init; }

    public LeaseState StateAt(DateTimeOffset now) =>
        Breaks is { } breaks ? (now < breaks ? LeaseState.Breaking : LeaseState.Broken)
        : Expires is { } expires && now >= expires ? LeaseState.Expired
        : LeaseState.Leased;
}

internal enum LeaseState
{
    Available,
    Leased,
    Expired,
    Breaking,
    Broken,
}

internal static class LeaseStates
{
    public static LeaseState StateAt(Lease? lease, DateTimeOffset now) => lease?.StateAt(now) ?? LeaseState.Available;

    public static bool Locks(this LeaseState state) => state is LeaseState.Leased or LeaseState.Breaking;

    public static string Header(this LeaseState state) => state switch
    {
        LeaseState.Available => "available",
        LeaseState.Leased => "leased",
        LeaseState.Expired => "expired",
        LeaseState.Breaking => "breaking",
        _ => "broken",
    };
}
