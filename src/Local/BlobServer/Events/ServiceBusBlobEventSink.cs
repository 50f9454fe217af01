using Azure.Messaging.ServiceBus;

namespace SmolLM3.Local.BlobServer.Events;

/// <summary>Puts announcements into a queue as Event Grid delivers them: the event as the body, its id as the message's.</summary>
public sealed class ServiceBusBlobEventSink : IBlobEventSink, IAsyncDisposable
{
    private readonly ServiceBusClient _client;
    private readonly ServiceBusSender _sender;

    public ServiceBusBlobEventSink(string connectionString, string queue)
    {
        _client = new ServiceBusClient(connectionString);
        _sender = _client.CreateSender(queue);
    }

    public Task SendAsync(BlobCreatedEvent created, CancellationToken cancellationToken) =>
        _sender.SendMessageAsync(
            new ServiceBusMessage(created.Body)
            {
                MessageId = created.Id,
                ContentType = BlobCreatedEvent.ContentType,
                ApplicationProperties = { ["aeg-event-type"] = "Notification", ["aeg-subscription-name"] = "LOCAL" },
            },
            cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync().ConfigureAwait(false);
        await _client.DisposeAsync().ConfigureAwait(false);
    }
}
