using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Logging;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Manifests;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// The results of jobs. Files are written create-only, and the manifest last and create-only: whoever writes it first decides, and what two
/// attempts at one job write cannot mix, because both compute it from the same checkpoints.
/// </summary>
public sealed partial class ResultStore(JobContainers containers, ILogger<ResultStore> logger)
{
    private const string HashKey = "sha256";

    /// <summary>Writes one result file, or finds it written by an earlier attempt.</summary>
    public async Task<ManifestFile> WriteAsync(JobId job, string name, string contentType, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        var blob = containers.Results.GetBlobClient(BlobNames.Result(job, name));
        var hash = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        var headers = new BlobHttpHeaders { ContentType = contentType };
        var metadata = new Dictionary<string, string> { [HashKey] = hash };
        if (await blob.TryCreateAsync(content, headers, metadata, cancellationToken).ConfigureAwait(false) is not null)
            return new ManifestFile(name, contentType, content.Length, hash);

        var properties = (await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
        var stored = properties.Metadata.TryGetValue(HashKey, out var known) ? known : hash;
        if (stored != hash)
            LogDifferent(job, name);
        return new ManifestFile(name, properties.ContentType, properties.ContentLength, stored);
    }

    /// <summary>Commits a job's results. Returns the manifest that stands: the given one, or that of an attempt that was first.</summary>
    public async Task<Manifest> CommitAsync(Manifest manifest, CancellationToken cancellationToken = default)
    {
        var blob = containers.Results.GetBlobClient(BlobNames.Manifest(manifest.JobId));
        if (await blob.TryCreateAsync(manifest, BatchJson.Readable.Manifest, cancellationToken).ConfigureAwait(false))
            return manifest;
        return await FindManifestAsync(manifest.JobId, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"The manifest of job {manifest.JobId} exists and cannot be read.");
    }

    /// <summary>The manifest of a job, or null if its results are not committed.</summary>
    public async Task<Manifest?> FindManifestAsync(JobId job, CancellationToken cancellationToken = default) =>
        (await containers.Results.GetBlobClient(BlobNames.Manifest(job)).TryReadAsync(BatchJson.Default.Manifest, cancellationToken).ConfigureAwait(false))?.Value;

    /// <summary>Opens one result file.</summary>
    public async Task<Stream?> OpenAsync(JobId job, string name, CancellationToken cancellationToken = default)
    {
        try
        {
            return await containers.Results.GetBlobClient(BlobNames.Result(job, name)).OpenReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Job {Job}: this attempt computed a different {File} than an earlier one; the earlier one stands.")]
    private partial void LogDifferent(JobId job, string file);
}
