using System.Text.Json.Serialization;

namespace SmolLM3.Batch.Jobs;

/// <summary>What became of telling a job's owner that it is over.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">Deliveries of the event that tried.</param>
/// <param name="At">When the last one did.</param>
/// <param name="Reason">Why it failed, or null.</param>
public sealed record JobCallback(CallbackState State, int Attempts, DateTimeOffset At, string? Reason = null);

/// <summary>Where a callback stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CallbackState>))]
public enum CallbackState
{
    /// <summary>It failed in a way that may pass, and is tried again.</summary>
    [JsonStringEnumMemberName("retrying")] Retrying,

    /// <summary>The receiver took it.</summary>
    [JsonStringEnumMemberName("delivered")] Delivered,

    /// <summary>The receiver refused it, or could not be reached for as long as is tried.</summary>
    [JsonStringEnumMemberName("undelivered")] Undelivered,
}
