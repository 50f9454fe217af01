using System.Globalization;
using Microsoft.AspNetCore.Http;
using SmolLM3.Local.BlobServer.Protocol;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Operations;

/// <summary>Acquire, renew, change, release and break, for blobs and containers alike.</summary>
internal sealed class LeaseOperations(BlobStore blobs, ContainerStore containers)
{
    public async Task BlobAsync(BlobRequest request)
    {
        var conditions = Conditions.Of(request);
        BlobRecord record = await blobs.UpdateAsync(
            request.Address,
            view =>
            {
                conditions.CheckWrite(view.Record.ETag, view.Record.LastModified);
                return view.Record with { Lease = Apply(request, view.Record.Lease, "blob") };
            },
            request.Aborted).ConfigureAwait(false);
        Answer(request, record.Lease, record.ETag, record.LastModified);
    }

    public Task ContainerAsync(BlobRequest request)
    {
        ContainerRecord record = containers.Update(
            request.Container!, current => current with { Lease = Apply(request, current.Lease, "container") });
        Answer(request, record.Lease, record.ETag, record.LastModified);
        return Task.CompletedTask;
    }

    private Lease? Apply(BlobRequest request, Lease? lease, string what)
    {
        DateTimeOffset now = blobs.Now;
        LeaseState state = LeaseStates.StateAt(lease, now);
        return request.RequiredHeader("x-ms-lease-action").ToLowerInvariant() switch
        {
            "acquire" => Acquire(request, lease, state, now),
            "renew" => Renew(request, lease, state, now, what),
            "change" => Change(request, lease, state, what),
            "release" => Release(request, lease, what),
            "break" => Break(request, lease, state, now, what),
            var other => throw StorageException.InvalidHeader("x-ms-lease-action", other),
        };
    }

    private static Lease Acquire(BlobRequest request, Lease? lease, LeaseState state, DateTimeOffset now)
    {
        TimeSpan? duration = Duration(request);
        string id = request.Header("x-ms-proposed-lease-id") is { } proposed
            ? Id(proposed, "x-ms-proposed-lease-id")
            : Guid.NewGuid().ToString();
        if (state == LeaseState.Breaking)
            throw new StorageException(
                409, "LeaseIsBreakingAndCannotBeAcquired", "There is already a breaking lease, and can't be acquired.");
        if (state == LeaseState.Leased && lease!.Id != id)
            throw new StorageException(409, "LeaseAlreadyPresent", "There is already a lease present.");
        return new Lease { Id = id, Duration = duration, Expires = now + duration };
    }

    private static Lease Renew(BlobRequest request, Lease? lease, LeaseState state, DateTimeOffset now, string what)
    {
        Lease own = Own(request, lease, what);
        return state is LeaseState.Breaking or LeaseState.Broken
            ? throw new StorageException(
                409, "LeaseIsBrokenAndCannotBeRenewed",
                "The lease ID matched, but the lease has been broken explicitly and cannot be renewed.")
            : own with { Expires = now + own.Duration };
    }

    private static Lease Change(BlobRequest request, Lease? lease, LeaseState state, string what)
    {
        string proposed = Id(request.RequiredHeader("x-ms-proposed-lease-id"), "x-ms-proposed-lease-id");
        if (state == LeaseState.Breaking)
            throw new StorageException(
                409, "LeaseIsBreakingAndCannotBeChanged",
                "The lease ID matched, but the lease is currently in breaking state and cannot be changed.");
        if (lease is null || state != LeaseState.Leased)
            throw NotPresent(what);
        return lease.Id == proposed ? lease : Own(request, lease, what) with { Id = proposed };
    }

    private static Lease? Release(BlobRequest request, Lease? lease, string what)
    {
        Own(request, lease, what);
        return null;
    }

    private static Lease Break(BlobRequest request, Lease? lease, LeaseState state, DateTimeOffset now, string what)
    {
        if (lease is null)
            throw NotPresent(what);
        DateTimeOffset natural = state switch
        {
            LeaseState.Breaking => lease.Breaks!.Value,
            LeaseState.Leased => lease.Expires ?? now,
            _ => now,
        };
        if (request.Header("x-ms-lease-break-period") is { } text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) || seconds > 60)
                throw StorageException.InvalidHeader("x-ms-lease-break-period", text);
            DateTimeOffset asked = now + TimeSpan.FromSeconds(seconds);
            natural = lease.Duration is null && state == LeaseState.Leased ? asked : asked < natural ? asked : natural;
        }

        return lease with { Breaks = natural };
    }

    private static Lease Own(BlobRequest request, Lease? lease, string what)
    {
        string id = Id(request.RequiredHeader("x-ms-lease-id"), "x-ms-lease-id");
        return lease is not null && lease.Id == id
            ? lease
            : throw new StorageException(
                409, "LeaseIdMismatchWithLeaseOperation", $"The lease ID specified did not match the lease ID for the {what}.");
    }

    private static TimeSpan? Duration(BlobRequest request)
    {
        string text = request.RequiredHeader("x-ms-lease-duration");
        if (text == "-1")
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds is >= 15 and <= 60
            ? TimeSpan.FromSeconds(seconds)
            : throw StorageException.InvalidHeader("x-ms-lease-duration", text);
    }

    private static string Id(string text, string header) =>
        Guid.TryParse(text, out Guid id) ? id.ToString() : throw StorageException.InvalidHeader(header, text);

    private static StorageException NotPresent(string what) =>
        new(409, "LeaseNotPresentWithLeaseOperation", $"There is currently no lease on the {what}.");

    private void Answer(BlobRequest request, Lease? lease, string etag, DateTimeOffset lastModified)
    {
        string action = request.Header("x-ms-lease-action")!.ToLowerInvariant();
        request.Response.StatusCode = action switch
        {
            "acquire" => StatusCodes.Status201Created,
            "break" => StatusCodes.Status202Accepted,
            _ => StatusCodes.Status200OK,
        };
        request.Response.Version(etag, lastModified);
        if (lease is null)
            return;
        if (action == "break")
        {
            double left = Math.Max(0, Math.Ceiling((lease.Breaks!.Value - blobs.Now).TotalSeconds));
            request.Response.Headers["x-ms-lease-time"] = left.ToString(CultureInfo.InvariantCulture);
        }
        else
        {
            request.Response.Headers["x-ms-lease-id"] = lease.Id;
        }
    }
}
