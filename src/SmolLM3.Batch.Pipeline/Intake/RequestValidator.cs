using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Checks what reading a request cannot: task options, the deadline against the clock, URLs against the rules for outbound calls.
/// </summary>
public sealed class RequestValidator(TaskCatalog catalog, OutboundPolicy outbound, TimeProvider time)
{
    /// <summary>Checks a request.</summary>
    /// <exception cref="InvalidRequestException">With everything that is wrong.</exception>
    public void Validate(JobRequest request)
    {
        var problems = new List<RequestProblem>();
        for (var i = 0; i < request.Tasks.Count; i++)
        {
            try
            {
                catalog.Validate(request.Tasks[i]);
            }
            catch (InvalidTaskException exception)
            {
                problems.Add(new RequestProblem($"tasks[{i}]", exception.Message));
            }
        }
        if (request.Deadline is { } deadline && deadline <= time.GetUtcNow())
            problems.Add(new RequestProblem("deadline", $"{deadline:O} has passed."));
        if (request.CallbackUrl is { } callback && outbound.Objection(callback) is { } callbackObjection)
            problems.Add(new RequestProblem("callbackUrl", callbackObjection));
        if (DocumentResolver.AsUrl(request.Document) is { } url && outbound.Objection(url) is { } documentObjection)
            problems.Add(new RequestProblem("document", documentObjection));
        if (problems.Count > 0)
            throw new InvalidRequestException(problems, request.JobId);
    }
}
