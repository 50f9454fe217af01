using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Protocol;

/// <summary>What a lease asks of the other operations on what is leased.</summary>
internal static class LeaseChecks
{
    /// <summary>Before a change: a lease must be named, and a named lease must be there.</summary>
    public static void CheckWrite(BlobRequest request, Lease? lease, DateTimeOffset now, string what = "Blob")
    {
        string? given = request.Header("x-ms-lease-id");
        bool locks = LeaseStates.StateAt(lease, now).Locks();
        if (locks && given is null)
            throw new StorageException(
                412, "LeaseIdMissing",
                $"There is currently a lease on the {what.ToLowerInvariant()} and no lease ID was specified in the request.");
        CheckNamed(given, lease, locks, what);
    }

    /// <summary>Before a read: only a lease that the request names matters.</summary>
    public static void CheckRead(BlobRequest request, Lease? lease, DateTimeOffset now, string what = "Blob") =>
        CheckNamed(request.Header("x-ms-lease-id"), lease, LeaseStates.StateAt(lease, now).Locks(), what);

    private static void CheckNamed(string? given, Lease? lease, bool locks, string what)
    {
        if (given is null)
            return;
        if (!locks)
            throw new StorageException(
                412, $"LeaseNotPresentWith{what}Operation", $"There is currently no lease on the {what.ToLowerInvariant()}.");
        if (!string.Equals(given, lease!.Id, StringComparison.OrdinalIgnoreCase))
            throw new StorageException(
                412, $"LeaseIdMismatchWith{what}Operation",
                $"The lease ID specified did not match the lease ID for the {what.ToLowerInvariant()}.");
    }
}
