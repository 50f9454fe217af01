using Azure.Storage.Blobs;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Pipeline;

/// <summary>The pipeline's containers.</summary>
/// <param name="service">The account they are in.</param>
public sealed class JobContainers(BlobServiceClient service)
{
    /// <summary>The account.</summary>
    public BlobServiceClient Service { get; } = service;

    /// <summary>Documents that users upload.</summary>
    public BlobContainerClient Documents { get; } = service.GetBlobContainerClient(ContainerNames.Documents);

    /// <summary>Records and checkpoints.</summary>
    public BlobContainerClient Jobs { get; } = service.GetBlobContainerClient(ContainerNames.Jobs);

    /// <summary>Results and manifests.</summary>
    public BlobContainerClient Results { get; } = service.GetBlobContainerClient(ContainerNames.Results);

    /// <summary>The blob that a document's reference names.</summary>
    public BlobClient Blob(string container, string name) => Service.GetBlobContainerClient(container).GetBlobClient(name);
}
