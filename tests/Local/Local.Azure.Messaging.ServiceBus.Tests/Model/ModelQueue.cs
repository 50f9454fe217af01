using Azure.Messaging.ServiceBus;

namespace Local.Azure.Messaging.ServiceBus.Tests.Model;

/// <summary>
/// The documented semantics of a queue in the plainest form: a list, and rules applied one after another. The broker must
/// answer every operation as this does.
/// </summary>
internal sealed class ModelQueue(TimeSpan lockDuration, int maxDeliveries, TimeSpan duplicateWindow, bool deadLetterOnExpiry)
{
    private readonly List<ModelMessage> _messages = [];
    private readonly Dictionary<string, DateTimeOffset> _seen = [];
    private long _sequence;

    public DateTimeOffset Now { get; set; }

    public IReadOnlyList<ModelMessage> All
    {
        get
        {
            Settle();
            return _messages;
        }
    }

    public long Send(string id, TimeSpan timeToLive, DateTimeOffset? due)
    {
        Settle();
        var sequence = ++_sequence;
        foreach (var old in _seen.Where(pair => pair.Value <= Now - duplicateWindow).Select(pair => pair.Key).ToList())
            _seen.Remove(old);
        if (!_seen.TryAdd(id, Now))
            return sequence;
        var scheduled = due > Now;
        var enqueued = scheduled ? due!.Value : Now;
        _messages.Add(new ModelMessage
        {
            Id = id,
            Sequence = sequence,
            Scheduled = scheduled,
            Due = enqueued,
            Expires = timeToLive == TimeSpan.MaxValue ? DateTimeOffset.MaxValue : enqueued + timeToLive,
        });
        return sequence;
    }

    public bool Cancel(long sequence)
    {
        Settle();
        return _messages.RemoveAll(message => message.Scheduled && message.Sequence == sequence) == 1;
    }

    public List<ModelMessage> Receive(int count, bool deadLetters)
    {
        Settle();
        var taken = _messages
            .Where(message => message.Dead == deadLetters && message is { Scheduled: false, Deferred: false, LockedUntil: null })
            .OrderBy(message => message.Sequence).Take(count).ToList();
        taken.ForEach(Lock);
        return taken;
    }

    public ModelMessage? ReceiveDeferred(long sequence)
    {
        Settle();
        var message = _messages.Find(
            candidate => candidate is { Dead: false, Deferred: true, LockedUntil: null } && candidate.Sequence == sequence);
        if (message is not null)
            Lock(message);
        return message;
    }

    public bool Complete(ModelLock held) => WithLock(held, message => _messages.Remove(message));

    public bool Renew(ModelLock held) => WithLock(held, message => message.LockedUntil = Now + lockDuration);

    public bool Defer(ModelLock held) => WithLock(held, message =>
    {
        message.LockedUntil = null;
        message.Deferred = true;
    });

    public bool DeadLetter(ModelLock held, string reason) => WithLock(held, message => Bury(message, reason));

    public bool Abandon(ModelLock held) => WithLock(held, GiveBack);

    private static void Bury(ModelMessage message, string reason)
    {
        message.Dead = true;
        message.Deferred = false;
        message.LockedUntil = null;
        message.Reason = reason;
    }

    private void Lock(ModelMessage message)
    {
        message.LockedUntil = Now + lockDuration;
        message.Lock = new ModelLock(message);
    }

    private bool WithLock(ModelLock held, Action<ModelMessage> change)
    {
        Settle();
        if (held.Message.LockedUntil is null || held.Message.Lock != held || !_messages.Contains(held.Message))
            return false;
        change(held.Message);
        return true;
    }

    private void GiveBack(ModelMessage message)
    {
        message.LockedUntil = null;
        message.Deliveries++;
        if (!message.Dead && message.Deliveries >= maxDeliveries)
            Bury(message, "MaxDeliveryCountExceeded");
    }

    private void Settle()
    {
        foreach (var message in _messages.Where(message => message.LockedUntil <= Now).ToList())
            GiveBack(message);
        foreach (var message in _messages.Where(message => message.Scheduled && message.Due <= Now).OrderBy(message => message.Due).ThenBy(message => message.Sequence).ToList())
        {
            message.Scheduled = false;
            message.Sequence = ++_sequence;
        }
        foreach (var message in _messages.Where(
            message => message is { Dead: false, Scheduled: false, LockedUntil: null } && message.Expires <= Now).ToList())
        {
            if (deadLetterOnExpiry)
                Bury(message, "TTLExpiredException");
            else
                _messages.Remove(message);
        }
    }
}

internal sealed class ModelMessage
{
    public required string Id { get; init; }

    public long Sequence { get; set; }

    public bool Scheduled { get; set; }

    public bool Deferred { get; set; }

    public bool Dead { get; set; }

    public string? Reason { get; set; }

    public int Deliveries { get; set; }

    public required DateTimeOffset Due { get; init; }

    public required DateTimeOffset Expires { get; init; }

    public DateTimeOffset? LockedUntil { get; set; }

    public ModelLock? Lock { get; set; }

    public ServiceBusMessageState State =>
        Scheduled ? ServiceBusMessageState.Scheduled : Deferred ? ServiceBusMessageState.Deferred : ServiceBusMessageState.Active;
}

/// <summary>One delivery: a message that is delivered again has another.</summary>
internal sealed class ModelLock(ModelMessage message)
{
    public ModelMessage Message => message;
}
