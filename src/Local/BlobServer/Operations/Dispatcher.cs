using SmolLM3.Local.BlobServer.Protocol;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Operations;

/// <summary>Finds the operation that a request means.</summary>
internal sealed class Dispatcher(BlobStore blobs, ContainerStore containers, BlobWalker walker, TimeProvider time)
{
    private readonly ServiceOperations _service = new(containers, time);
    private readonly ContainerOperations _containers = new(containers, time);
    private readonly LeaseOperations _leases = new(blobs, containers);
    private readonly ListBlobs _list = new(blobs, walker);
    private readonly GetBlob _get = new(blobs);
    private readonly PutBlob _put = new(blobs);
    private readonly ChangeBlob _change = new(blobs);
    private readonly BlockOperations _blocks = new(blobs);
    private readonly CopyBlob _copy = new(blobs);

    public Task RunAsync(BlobRequest request)
    {
        foreach (string unsupported in (string[])["snapshot", "versionid"])
        {
            if (request.Parameter(unsupported) is not null)
                throw StorageException.NotImplemented(unsupported == "snapshot" ? "snapshots" : "versions");
        }

        string scope = request.Container is null ? "service" : request.Blob is null ? "container" : "blob";
        string comp = request.Parameter("comp") ?? "";
        string restype = request.Parameter("restype") ?? "";
        Func<BlobRequest, Task>? operation = scope switch
        {
            "service" => Service(request.Method, restype, comp),
            "container" => restype == "container" ? Container(request.Method, comp) : null,
            _ => Blob(request, comp),
        };
        if (operation is null)
            throw StorageException.NotImplemented($"{request.Method} of a {scope} with comp='{comp}' and restype='{restype}'");
        return operation(request);
    }

    private Func<BlobRequest, Task>? Service(string method, string restype, string comp) => (method, restype, comp) switch
    {
        ("GET", "", "list") => _service.ListContainersAsync,
        ("GET", "service", "properties") => _service.GetPropertiesAsync,
        ("GET" or "HEAD", "account", "properties") => _service.GetAccountAsync,
        _ => null,
    };

    private Func<BlobRequest, Task>? Container(string method, string comp) => (method, comp) switch
    {
        ("PUT", "") => _containers.CreateAsync,
        ("GET" or "HEAD", "" or "metadata") => _containers.GetAsync,
        ("DELETE", "") => _containers.DeleteAsync,
        ("PUT", "metadata") => _containers.SetMetadataAsync,
        ("PUT", "acl") => _containers.SetAccessAsync,
        ("GET" or "HEAD", "acl") => _containers.GetAccessAsync,
        ("PUT", "lease") => _leases.ContainerAsync,
        ("GET", "list") => _list.RunAsync,
        _ => null,
    };

    private Func<BlobRequest, Task>? Blob(BlobRequest request, string comp) => (request.Method, comp) switch
    {
        ("GET" or "HEAD", "" or "metadata") => _get.RunAsync,
        ("PUT", "") => request.Header("x-ms-copy-source") is null ? _put.RunAsync : _copy.RunAsync,
        ("DELETE", "") => _change.DeleteAsync,
        ("PUT", "metadata") => _change.SetMetadataAsync,
        ("PUT", "properties") => _change.SetHeadersAsync,
        ("PUT", "tier") => _change.SetTierAsync,
        ("PUT", "tags") => _change.SetTagsAsync,
        ("GET", "tags") => _change.GetTagsAsync,
        ("PUT", "block") => request.Header("x-ms-copy-source") is null ? _blocks.PutAsync : null,
        ("PUT", "blocklist") => _blocks.PutListAsync,
        ("GET", "blocklist") => _blocks.GetListAsync,
        ("PUT", "lease") => _leases.BlobAsync,
        _ => null,
    };
}
