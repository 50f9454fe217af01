using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Naming;

/// <summary>
/// Names of the blobs that the pipeline writes. A name that begins with '_' is never a job's: ids begin with a letter or digit.
/// </summary>
public static class BlobNames
{
    /// <summary>In <c>results</c>: the commit of a job's results.</summary>
    public const string ManifestFile = "manifest.json";

    /// <summary>Ending of a sidecar: <c>report.pdf.job.json</c> holds the request for <c>report.pdf</c>.</summary>
    public const string SidecarSuffix = ".job.json";

    /// <summary>In <c>jobs</c>: prefix of the markers of jobs that are not over.</summary>
    public const string ActivePrefix = "_active/";

    /// <summary>In <c>jobs</c>: prefix of the markers of batches that are not over.</summary>
    public const string ActiveBatchesPrefix = "_active-batches/";

    /// <summary>In <c>results</c>: file of a shard, and of a batch, with the answers.</summary>
    public const string OutputFile = "output.jsonl";

    /// <summary>In <c>results</c>: file of a shard, and of a batch, with the error lines.</summary>
    public const string ErrorFile = "errors.jsonl";

    /// <summary>In <c>jobs</c>: prefix of the records of uploaded files.</summary>
    public const string FilesPrefix = "_files/";

    /// <summary>In <c>jobs</c>: prefix of the records of batches.</summary>
    public const string BatchesPrefix = "_batches/";

    /// <summary>In <c>jobs</c>: the record.</summary>
    public static string Record(JobId job) => $"{job}/job.json";

    /// <summary>
    /// In <c>jobs</c>: the text that came inside the request. Named by its content, so that two requests racing for one id cannot swap
    /// texts.
    /// </summary>
    public static string InlineText(JobId job, string fingerprint) => $"{job}/document-{fingerprint[..16]}.txt";

    /// <summary>In <c>jobs</c>: everything that a later attempt can use.</summary>
    public static string CheckpointPrefix(JobId job) => $"{job}/checkpoints/";

    /// <summary>In <c>jobs</c>: one finished completion.</summary>
    public static string Checkpoint(JobId job, string key) => $"{job}/checkpoints/{key}.json";

    /// <summary>In <c>jobs</c>: says that the job is not over. Written before its record, removed after its final state.</summary>
    public static string Active(JobId job) => ActivePrefix + job;

    /// <summary>In <c>jobs</c>: the record of an uploaded file.</summary>
    public static string FileRecord(string fileId) => $"{FilesPrefix}{fileId}/file.json";

    /// <summary>In <c>jobs</c>: the content of an uploaded file.</summary>
    public static string FileContent(string fileId) => $"{FilesPrefix}{fileId}/content";

    /// <summary>In <c>jobs</c>: says that the batch is not over.</summary>
    public static string ActiveBatch(string batchId) => ActiveBatchesPrefix + batchId;

    /// <summary>In <c>results</c>: one file of a batch that is over.</summary>
    public static string BatchResult(string batchId, string file) => $"_batches/{batchId}/{file}";

    /// <summary>In <c>jobs</c>: the record of a batch.</summary>
    public static string BatchRecord(string batchId) => $"{BatchesPrefix}{batchId}/batch.json";

    /// <summary>In <c>results</c>: the manifest.</summary>
    public static string Manifest(JobId job) => $"{job}/{ManifestFile}";

    /// <summary>In <c>results</c>: one result file.</summary>
    public static string Result(JobId job, string file) => $"{job}/{file}";

    /// <summary>In <c>documents</c>: the sidecar of a document.</summary>
    public static string Sidecar(string document) => document + SidecarSuffix;

    /// <summary>Whether a blob in <c>documents</c> is a sidecar.</summary>
    public static bool IsSidecar(string blob) => blob.EndsWith(SidecarSuffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a name stays in its container: as part of a URL, <c>..</c> would lead a client out of it.</summary>
    public static bool StaysInside(string name) =>
        !name.StartsWith('/') && !name.Split('/', '\\').Any(part => part is "." or "..") && !name.Any(char.IsControl);
}
