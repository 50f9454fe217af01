namespace SmolLM3.Local.BlobServer.Events;

/// <summary>Where announcements go.</summary>
public interface IBlobEventSink
{
    /// <summary>Returns once the announcement is safe with the receiver; throws otherwise, and is called again with the same one.</summary>
    Task SendAsync(BlobCreatedEvent created, CancellationToken cancellationToken);
}
