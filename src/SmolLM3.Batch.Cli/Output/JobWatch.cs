using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Cli.Output;

/// <summary>A document that the user waits for.</summary>
internal sealed class JobWatch(string document, JobId jobId)
{
    public string Document { get; } = document;

    public JobId JobId { get; } = jobId;

    /// <summary>The record as last read; null until the functions have admitted the document.</summary>
    public JobRecord? Record { get; set; }

    public bool IsFinal => Record is not null && Record.State.IsFinal();
}
