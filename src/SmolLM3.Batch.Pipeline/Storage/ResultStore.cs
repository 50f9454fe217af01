using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Logging;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Manifests;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// The results of jobs. Files are written create-only, and the manifest last and create-only: whoever writes it first decides. What two
/// attempts at one job write cannot mix: under one model both compute it from the same checkpoints, and under another the later attempt
/// takes its place.
/// </summary>
public sealed partial class ResultStore(JobContainers containers, ILogger<ResultStore> logger)
{
    private const string HashKey = "sha256";
    private const string ModelKey = "model";
    private const string AttemptKey = "attempt";

    /// <summary>Writes one result file, or finds it written by an earlier attempt with the same model.</summary>
    /// <param name="job">The job, as this attempt claimed it.</param>
    /// <param name="model">The model of this attempt.</param>
    /// <param name="name">Name of the file.</param>
    /// <param name="contentType">Its content type.</param>
    /// <param name="content">Its content.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManifestFile> WriteAsync(
        JobRecord job, LanguageModelInfo model, string name, string contentType, ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default)
    {
        var blob = containers.Results.GetBlobClient(BlobNames.Result(job.Id, name));
        var hash = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        var headers = new BlobHttpHeaders { ContentType = contentType };
        var modelKey = KeyOf(model);
        var metadata = new Dictionary<string, string>
        {
            [HashKey] = hash, [ModelKey] = modelKey, [AttemptKey] = job.Attempts.ToString(CultureInfo.InvariantCulture),
        };
        var written = new ManifestFile(name, contentType, content.Length, hash);
        while (true)
        {
            if (await blob.TryCreateAsync(content, headers, metadata, cancellationToken).ConfigureAwait(false) is not null)
                return written;
            if (await FindAsync(blob, cancellationToken).ConfigureAwait(false) is not { } stored)
                continue;
            if (stored.Metadata.TryGetValue(ModelKey, out var other) && other != modelKey)
            {
                if (AttemptOf(stored) >= job.Attempts)
                    throw new ClaimLostException($"A later attempt at job {job.Id} has written {name}.");
                LogOtherModel(job.Id, name);
                if (await blob.TryReplaceAsync(content, headers, metadata, stored.ETag, cancellationToken)
                    .ConfigureAwait(false) is not null)
                    return written;
                continue;
            }
            var known = stored.Metadata.TryGetValue(HashKey, out var value) ? value : hash;
            if (known != hash)
                LogDifferent(job.Id, name);
            return new ManifestFile(name, stored.ContentType, stored.ContentLength, known);
        }
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
        (await containers.Results.GetBlobClient(BlobNames.Manifest(job)).TryReadAsync(BatchJson.Default.Manifest, cancellationToken)
            .ConfigureAwait(false))?.Value;

    /// <summary>Opens one result file.</summary>
    public async Task<Stream?> OpenAsync(JobId job, string name, CancellationToken cancellationToken = default)
    {
        try
        {
            return await containers.Results.GetBlobClient(BlobNames.Result(job, name)).OpenReadAsync(cancellationToken: cancellationToken)
                .ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    private static async Task<BlobProperties?> FindAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            return (await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    private static int AttemptOf(BlobProperties stored) =>
        stored.Metadata.TryGetValue(AttemptKey, out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var attempt) ? attempt : 0;

    // Metadata holds ASCII only, and names may not.
    private static string KeyOf(LanguageModelInfo model) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{model.Name}\n{model.Revision}\n{model.ContextLength}")).AsSpan(0, 8));

    [LoggerMessage(LogLevel.Warning, "Job {Job}: an earlier attempt with another model wrote {File}; this attempt's takes its place.")]
    private partial void LogOtherModel(JobId job, string file);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: this attempt computed a different {File} than an earlier one; the earlier one stands.")]
    private partial void LogDifferent(JobId job, string file);
}
