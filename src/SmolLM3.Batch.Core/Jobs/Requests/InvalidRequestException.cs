namespace SmolLM3.Batch.Jobs;

/// <summary>A request cannot be accepted, for every reason listed.</summary>
public sealed class InvalidRequestException : Exception
{
    /// <summary>A request with these problems.</summary>
    public InvalidRequestException(IReadOnlyList<RequestProblem> problems, JobId? jobId = null, Exception? innerException = null)
        : base(string.Join(" ", problems), innerException)
    {
        Problems = problems;
        JobId = jobId;
    }

    /// <summary>A request with one problem.</summary>
    public InvalidRequestException(string path, string message, JobId? jobId = null)
        : this([new RequestProblem(path, message)], jobId)
    {
    }

    /// <summary>Everything that is wrong, in the order of the request.</summary>
    public IReadOnlyList<RequestProblem> Problems { get; }

    /// <summary>The id that the request gives itself, where that much could be read.</summary>
    public JobId? JobId { get; }
}
