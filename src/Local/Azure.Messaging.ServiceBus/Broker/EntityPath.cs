namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>A queue, or its dead-letter sub-queue, as named by a path such as <c>jobs/$DeadLetterQueue</c>.</summary>
internal readonly record struct EntityPath(string Queue, bool IsDeadLetter)
{
    private const string DeadLetterSuffix = "/$DeadLetterQueue";

    public static EntityPath Parse(string path, SubQueue subQueue = SubQueue.None)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (subQueue == SubQueue.TransferDeadLetter)
            throw new NotSupportedException("The local broker forwards no messages, so it has no transfer dead-letter queue.");

        var named = path.EndsWith(DeadLetterSuffix, StringComparison.OrdinalIgnoreCase);
        if (named && subQueue != SubQueue.None)
            throw new ArgumentException($"'{path}' names a sub-queue already; leave the SubQueue option at None.", nameof(path));
        return new EntityPath(named ? path[..^DeadLetterSuffix.Length] : path, named || subQueue == SubQueue.DeadLetter);
    }

    public override string ToString() => IsDeadLetter ? Queue + DeadLetterSuffix : Queue;
}
