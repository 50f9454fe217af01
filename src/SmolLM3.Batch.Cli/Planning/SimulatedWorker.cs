namespace SmolLM3.Batch.Cli.Planning;

/// <summary>
/// A worker whose documents share its GPU: with n of them each moves at an n-th of what the engine model says a batch of n comes to.
/// Progress is kept in documents of mean length, so that a document that joins or leaves changes the speed of all and not what they have
/// done.
/// </summary>
/// <param name="started">When it was started, and paid for from.</param>
/// <param name="secondsAt">GPU seconds of a document of mean length, by the number of documents that share the batch.</param>
internal sealed class SimulatedWorker(double started, double[] secondsAt)
{
    // By the progress at which each is done.
    private readonly PriorityQueue<SimulatedJob, double> _jobs = new();
    private double _progress;
    private double _at;
    private double _busySince;

    public double Started => started;

    public bool Ready { get; set; }

    public bool Alive { get; private set; } = true;

    /// <summary>Whether it stands among those with room.</summary>
    public bool Listed { get; set; }

    public int Jobs => _jobs.Count;

    public double IdleSince { get; private set; }

    public double BusySeconds { get; private set; }

    /// <summary>Changes whenever the next document's end does: an event planned before is void.</summary>
    public int Version { get; private set; }

    public void Take(SimulatedMessage message, double now)
    {
        Advance(now);
        if (Jobs == 0) _busySince = now;
        _jobs.Enqueue(new SimulatedJob(message, now), _progress + message.Length);
        Version++;
    }

    /// <summary>When the next document will be done if none joins.</summary>
    public double NextDone(double now)
    {
        _jobs.TryPeek(out _, out var target);
        return now + (Math.Max(0, target - _progress) * Jobs * secondsAt[Jobs]);
    }

    public SimulatedJob Finish(double now)
    {
        Advance(now);
        var done = _jobs.Dequeue();
        Version++;
        if (Jobs == 0) Idle(now);
        return done;
    }

    /// <summary>The end, and the documents that it breaks off.</summary>
    public IEnumerable<SimulatedJob> Leave(double now)
    {
        if (Jobs > 0) Idle(now);
        Alive = false;
        Version++;
        return _jobs.UnorderedItems.Select(item => item.Element);
    }

    public void Rest(double now) => IdleSince = now;

    private void Idle(double now)
    {
        BusySeconds += now - _busySince;
        IdleSince = now;
    }

    private void Advance(double now)
    {
        if (Jobs > 0) _progress += (now - _at) / (Jobs * secondsAt[Jobs]);
        _at = now;
    }
}

/// <summary>A document in the queue. Its length is relative to the mean.</summary>
internal readonly record struct SimulatedMessage(int Id, double Arrived, double Length, bool Delivered = false);

/// <summary>A document being computed.</summary>
internal readonly record struct SimulatedJob(SimulatedMessage Message, double Since);
