using Azure.Messaging.ServiceBus.Broker;

namespace Azure.Messaging.ServiceBus;

public sealed class ServiceBusMessageBatch : IDisposable
{
    /// <summary>256 KB, the limit of the Standard tier for a message and for a batch.</summary>
    internal const long LargestSize = 256 * 1024;

    private readonly Lock _adding = new();
    private readonly List<OutgoingMessage> _messages = [];
    private readonly IList<ServiceBusMessage>? _store;
    private readonly Func<ServiceBusMessage, bool>? _mayAdd;
    private readonly long _storeSize;
    private bool _sending;

    internal ServiceBusMessageBatch(long maxSizeInBytes) => MaxSizeInBytes = maxSizeInBytes;

    /// <summary>The batch of <see cref="ServiceBusModelFactory"/>, which fills a list of the test's.</summary>
    internal ServiceBusMessageBatch(
        long maxSizeInBytes, IList<ServiceBusMessage> store, long storeSize, Func<ServiceBusMessage, bool> mayAdd)
        : this(maxSizeInBytes)
    {
        _store = store;
        _storeSize = storeSize;
        _mayAdd = mayAdd;
    }

    public long MaxSizeInBytes { get; }

    public long SizeInBytes => _store is null ? _messages.Sum(message => message.Size) : _storeSize;

    public int Count => _store?.Count ?? _messages.Count;

    internal IReadOnlyList<OutgoingMessage> Messages => _messages;

    public bool TryAddMessage(ServiceBusMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        lock (_adding)
        {
            if (_sending)
                throw new InvalidOperationException("The batch is being sent; messages can be added again after that.");
            if (_store is not null)
            {
                if (!_mayAdd!(message))
                    return false;
                _store.Add(message);
                return true;
            }
            var outgoing = OutgoingMessage.From(message);
            if (SizeInBytes + outgoing.Size > MaxSizeInBytes)
                return false;
            _messages.Add(outgoing);
            return true;
        }
    }

    public void Dispose()
    {
        lock (_adding)
        {
            _messages.Clear();
            _store?.Clear();
        }
    }

    internal void Lock() => SetSending(true);

    internal void Unlock() => SetSending(false);

    private void SetSending(bool sending)
    {
        lock (_adding)
            _sending = sending;
    }
}
