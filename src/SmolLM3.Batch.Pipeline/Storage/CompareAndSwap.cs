using System.Text.Json.Serialization.Metadata;
using Azure.Storage.Blobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Changes a JSON blob that others may be changing too: read, change, write if nobody was faster, else again.</summary>
internal static class CompareAndSwap
{
    /// <summary>The value as it stands afterwards and whether this call changed it, or null if there is no such blob.</summary>
    /// <exception cref="TimeoutException">Others were faster at every attempt.</exception>
    public static async Task<(T Value, bool Changed)?> UpdateAsync<T>(
        BlobClient blob, JsonTypeInfo<T> type, Func<T, T?> change, int maxAttempts, TimeProvider time, CancellationToken cancellationToken)
        where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await blob.TryReadAsync(type, cancellationToken).ConfigureAwait(false) is not { } stored)
                return null;
            if (change(stored.Value) is not { } changed)
                return (stored.Value, false);
            if (await blob.TryReplaceAsync(changed, type, stored.ETag, cancellationToken).ConfigureAwait(false) is not null)
                return (changed, true);
            if (attempt >= maxAttempts)
                throw new TimeoutException(
                    $"The blob {blob.BlobContainerName}/{blob.Name} changed under every one of {attempt} attempts to change it.");
            await Task.Delay(Pause(attempt), time, cancellationToken).ConfigureAwait(false);
        }
    }

    // Spread by thread, so that two who collided do not collide again.
    private static TimeSpan Pause(int attempt)
    {
        var spread = (HashCode.Combine(attempt, Environment.CurrentManagedThreadId) & 0xFF) / 255.0;
        return TimeSpan.FromMilliseconds(Math.Min(10 << Math.Min(attempt, 6), 500) * (0.5 + (spread / 2)));
    }
}
