using Azure.Messaging.ServiceBus;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Peeks from the head of the queue, far enough to look past all that workers hold.</summary>
internal sealed class WorkQueueInspector(ServiceBusClient client) : IWorkQueueInspector
{
    private const int PageSize = 250;

    private const int MaxMessages = 5000;

    public async Task<QueuedWork> LookAsync(CancellationToken cancellationToken = default)
    {
        var receiver = client.CreateReceiver(QueueNames.Work);
        await using (receiver.ConfigureAwait(false))
        {
            var jobs = new HashSet<JobId>();
            DateTimeOffset? until = null;
            for (long from = 0, seen = 0; seen < MaxMessages;)
            {
                var page = await receiver.PeekMessagesAsync(PageSize, from, cancellationToken).ConfigureAwait(false);
                if (page.Count == 0)
                    return new QueuedWork(jobs, null);
                foreach (var message in page)
                {
                    if (WorkMessages.JobOf(message.Body.ToMemory().Span) is { } job)
                        jobs.Add(job);
                    from = Math.Max(from, message.SequenceNumber + 1);
                    until = message.EnqueuedTime;
                }
                seen += page.Count;
            }
            return new QueuedWork(jobs, until);
        }
    }
}
