using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Messages;

namespace SmolLM3.Batch.Pipeline;

/// <summary>The door of messages: the queue <c>jobs</c>.</summary>
public sealed class MessageIntake(JobIntake intake, BatchService batches)
{
    /// <summary>
    /// Admits the request in a message. One that cannot be admitted leaves a failed record and goes to the dead letters, both with the same
    /// reason.
    /// </summary>
    public async Task<Settlement> HandleAsync(Delivery delivery, CancellationToken cancellationToken = default)
    {
        if (delivery.Subject == BatchMessage.Subject)
            return await batches.HandlePlanAsync(delivery, cancellationToken).ConfigureAwait(false);

        using var activity = TraceContext.Start("jobs.accept", System.Diagnostics.ActivityKind.Consumer, delivery.TraceParent);
        var id = JobIds.ForMessage(delivery);
        try
        {
            var request = JobRequestReader.Read(delivery.Body);
            id = request.JobId ?? id;
            await intake.AcceptAsync(request, id, JobDoor.Message, cancellationToken).ConfigureAwait(false);
            return Settlement.Complete;
        }
        catch (InvalidRequestException exception)
        {
            var error = new JobError(ErrorCodes.InvalidRequest, exception.Message);
            await intake.RefuseAsync(exception.JobId ?? id, JobDoor.Message, error, cancellationToken).ConfigureAwait(false);
            return Settlement.DeadLetter(error.Code, error.Message);
        }
        catch (JobIdConflictException exception)
        {
            // The id names somebody else's job, so this request has no record of its own to fail.
            return Settlement.DeadLetter(ErrorCodes.JobIdConflict, exception.Message);
        }
    }
}
