using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using SmolLM3.Local.BlobServer.Protocol;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Operations;

/// <summary>Create, read, change and delete containers.</summary>
internal sealed class ContainerOperations(ContainerStore containers, TimeProvider time)
{
    public Task CreateAsync(BlobRequest request)
    {
        ContainerRecord record = containers.Create(request.Container!, request.Metadata(), PublicAccess(request));
        request.Response.StatusCode = StatusCodes.Status201Created;
        request.Response.Version(record.ETag, record.LastModified);
        return Task.CompletedTask;
    }

    public Task GetAsync(BlobRequest request)
    {
        ContainerRecord record = containers.Get(request.Container!);
        LeaseChecks.CheckRead(request, record.Lease, time.GetUtcNow(), "Container");
        request.Response.Version(record.ETag, record.LastModified);
        request.Response.Describe(record.Metadata);
        request.Response.Describe(record.Lease, time.GetUtcNow());
        request.Response.Headers["x-ms-has-immutability-policy"] = "false";
        request.Response.Headers["x-ms-has-legal-hold"] = "false";
        if (record.PublicAccess is not null)
            request.Response.Headers["x-ms-blob-public-access"] = record.PublicAccess;
        return Task.CompletedTask;
    }

    public Task DeleteAsync(BlobRequest request)
    {
        var conditions = Conditions.Of(request);
        containers.Delete(
            request.Container!,
            record =>
            {
                conditions.CheckWrite(record.ETag, record.LastModified);
                LeaseChecks.CheckWrite(request, record.Lease, time.GetUtcNow(), "Container");
            });
        request.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    public Task SetMetadataAsync(BlobRequest request) => ChangeAsync(request, record => record with { Metadata = request.Metadata() });

    public async Task SetAccessAsync(BlobRequest request)
    {
        if (request.Http.ContentLength > 0 && (await XmlBody.ReadAsync(request).ConfigureAwait(false)).HasElements)
            throw StorageException.NotImplemented("stored access policies");
        await ChangeAsync(request, record => record with { PublicAccess = PublicAccess(request) }).ConfigureAwait(false);
    }

    public async Task GetAccessAsync(BlobRequest request)
    {
        await GetAsync(request).ConfigureAwait(false);
        await XmlBody.WriteAsync(request, new XElement("SignedIdentifiers")).ConfigureAwait(false);
    }

    private Task ChangeAsync(BlobRequest request, Func<ContainerRecord, ContainerRecord> change)
    {
        var conditions = Conditions.Of(request);
        ContainerRecord record = containers.Update(
            request.Container!,
            current =>
            {
                conditions.CheckWrite(current.ETag, current.LastModified);
                LeaseChecks.CheckRead(request, current.Lease, time.GetUtcNow(), "Container");
                return change(current) with { ETag = containers.NextETag(), LastModified = time.GetUtcNow() };
            });
        request.Response.Version(record.ETag, record.LastModified);
        return Task.CompletedTask;
    }

    private static string? PublicAccess(BlobRequest request) => request.Header("x-ms-blob-public-access") switch
    {
        null => null,
        "blob" => "blob",
        "container" or "true" => "container",
        var other => throw StorageException.InvalidHeader("x-ms-blob-public-access", other),
    };
}
