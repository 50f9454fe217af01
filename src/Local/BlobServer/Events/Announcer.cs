using Microsoft.Extensions.Logging;

namespace SmolLM3.Local.BlobServer.Events;

/// <summary>Sends what is in the outbox, in order, each until it is taken.</summary>
internal sealed partial class Announcer(
    EventOutbox outbox, IBlobEventSink sink, BlobServerOptions options, Uri endpoint, TimeProvider time, ILogger logger)
{
    private const int MaxDelayFactor = 30;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (string path in outbox.Ready.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            BlobAnnouncement announcement = outbox.Read(path);
            await SendAsync(BlobCreatedEvent.From(announcement, options.Account, endpoint), cancellationToken).ConfigureAwait(false);
            File.Delete(path);
        }
    }

    private async Task SendAsync(BlobCreatedEvent created, CancellationToken cancellationToken)
    {
        for (int factor = 1; ; factor = Math.Min(factor * 2, MaxDelayFactor))
        {
            try
            {
                await sink.SendAsync(created, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                TimeSpan delay = options.AnnounceRetryDelay * factor;
                LogRetry(error, created.Subject, delay);
                await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Could not announce {Subject}; trying again in {Delay}.")]
    private partial void LogRetry(Exception error, string subject, TimeSpan delay);
}
