namespace SmolLM3.Batch.Jobs;

/// <summary>Codes of <see cref="JobError"/>, of dead-letter reasons and of problem details. They do not change their meaning.</summary>
public static class ErrorCodes
{
    /// <summary>The request breaks the contract; every problem is listed.</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary>A message that the pipeline itself should have written cannot be read.</summary>
    public const string InvalidMessage = "invalid_message";

    /// <summary>Another request already has this job id.</summary>
    public const string JobIdConflict = "job_id_conflict";

    /// <summary>There is no such job.</summary>
    public const string JobNotFound = "job_not_found";

    /// <summary>There is no such result, or not yet.</summary>
    public const string ResultNotFound = "result_not_found";

    /// <summary>The document's blob or URL does not exist.</summary>
    public const string DocumentNotFound = "document_not_found";

    /// <summary>The blob was overwritten after the job was accepted.</summary>
    public const string DocumentChanged = "document_changed";

    /// <summary>The document is larger than allowed.</summary>
    public const string DocumentTooLarge = "document_too_large";

    /// <summary>The document's URL may not be fetched, or answered with an error.</summary>
    public const string DocumentUnreachable = "document_unreachable";

    /// <summary>The document cannot be read: empty, corrupt, encrypted, of an unknown kind.</summary>
    public const string DocumentUnreadable = "document_unreadable";

    /// <summary>Every task of the job failed.</summary>
    public const string TasksFailed = "tasks_failed";

    /// <summary>The job's owner cancelled it.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The job's deadline passed.</summary>
    public const string DeadlinePassed = "deadline_passed";

    /// <summary>The job was tried as often as allowed and never ended.</summary>
    public const string AttemptsExhausted = "attempts_exhausted";

    /// <summary>Anything else.</summary>
    public const string InternalError = "internal_error";
}
