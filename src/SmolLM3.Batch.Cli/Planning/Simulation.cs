namespace SmolLM3.Batch.Cli.Planning;

/// <summary>
/// Discrete events: messages arrive, KEDA polls and starts workers as Container Apps jobs, workers warm up, take documents, share their GPU
/// among them, renew locks, crash, and leave when idle.
/// </summary>
internal sealed class Simulation
{
    private const int MostSamples = 2_000;

    private readonly Workload _mean;
    private readonly SimulationOptions _options;
    private readonly Random _random;
    private readonly int _slots;
    private readonly double[] _secondsAt;

    private readonly PriorityQueue<Event, (double Time, long Order)> _events = new();
    private readonly Queue<SimulatedMessage> _queue = new();
    private readonly HashSet<SimulatedWorker> _alive = [];
    private readonly Stack<SimulatedWorker> _free = new();
    private readonly List<SimulationSample> _samples = [];
    private readonly float[] _ages;

    private double _now;
    private long _order;
    private int _arrived;
    private int _finished;
    private int _coldStarts;
    private int _peak;
    private int _locked;
    private long _renewals;
    private long _redeliveries;
    private double _workerSeconds;
    private double _busySeconds;
    private double _nextSample;
    private double _sampleEvery;
    private SimulationSample _most;

    /// <param name="engine">How fast a GPU is.</param>
    /// <param name="mean">The documents, cut to the engine's context.</param>
    /// <param name="options">The cloud around it.</param>
    public Simulation(EngineModel engine, Workload mean, SimulationOptions options)
    {
        (_mean, _options, _random) = (mean, options, new Random(options.Seed));
        _slots = engine.ConcurrentJobs(mean, options.JobsPerWorker);
        if (_slots < 1)
            throw new CliException(
                "A document of this length does not fit the GPU's memory beside the weights. Take a larger GPU or shorter documents.");
        _secondsAt = [.. Enumerable.Range(0, _slots + 1).Select(jobs => jobs == 0 ? 0 : engine.SecondsPerJob(mean, jobs))];
        _ages = new float[mean.Documents];
        _sampleEvery = options.PollingSeconds / 6;
    }

    private enum Kind
    {
        Arrival,
        Poll,
        Ready,
        Done,
        Idle,
        Crash,
        LockExpired,
    }

    public SimulationResult Run()
    {
        Schedule(0, new Event(Kind.Arrival));
        Schedule(0, new Event(Kind.Poll));
        while (_finished < _mean.Documents && _events.TryDequeue(out var next, out var at))
        {
            // What has been overtaken must not move the clock.
            if (next.Worker is { } worker && (!worker.Alive || (next.Kind == Kind.Done && next.Version != worker.Version))) continue;
            Sample(at.Time);
            _now = at.Time;
            Handle(next);
        }

        _samples.Add(Most(Measure(_now), _most));
        foreach (var worker in _alive.ToList())
        {
            // Paid until it has been idle long enough, or has started in vain.
            var until = (worker.Ready ? worker.IdleSince : worker.Started + _options.ColdStartSeconds) + _options.IdleSeconds;
            Leave(worker);
            _workerSeconds += until - _now;
        }

        Array.Sort(_ages);
        return new SimulationResult
        {
            Makespan = _now,
            WorkerSeconds = _workerSeconds,
            Utilisation = _workerSeconds > 0 ? _busySeconds / _workerSeconds : 0,
            ColdStarts = _coldStarts,
            PeakWorkers = _peak,
            Renewals = _renewals,
            Redeliveries = _redeliveries,
            QueueAgeP50 = _ages[_ages.Length / 2],
            QueueAgeP95 = _ages[(int)(_ages.Length * 0.95)],
            QueueAgeMax = _ages[^1],
            Samples = _samples,
        };
    }

    private void Handle(Event next)
    {
        switch (next.Kind)
        {
            case Kind.Arrival:
                Arrive();
                break;
            case Kind.Poll:
                Poll();
                break;
            case Kind.Ready:
                next.Worker!.Ready = true;
                next.Worker.Rest(_now);
                Serve(next.Worker);
                break;
            case Kind.Done:
                Finish(next.Worker!);
                break;
            case Kind.Idle:
                if (next.Worker is { Jobs: 0 } idle && idle.IdleSince + _options.IdleSeconds <= _now + 1e-9) Leave(idle);
                break;
            case Kind.Crash:
                Leave(next.Worker!);
                break;
            case Kind.LockExpired:
                _locked--;
                _redeliveries++;
                Enqueue(next.Message);
                break;
        }
    }

    private void Arrive()
    {
        var gap = _options.ArrivalSeconds / _mean.Documents;
        do
        {
            // The length's own mean stays 1 whatever its spread.
            var length = _options.LengthSigma == 0
                ? 1
                : Math.Exp((_options.LengthSigma * Gaussian()) - (_options.LengthSigma * _options.LengthSigma / 2));
            Enqueue(new SimulatedMessage(_arrived++, _now, length));
        }
        while (gap == 0 && _arrived < _mean.Documents);

        if (_arrived < _mean.Documents) Schedule(_now + gap, new Event(Kind.Arrival));
    }

    private void Enqueue(SimulatedMessage message)
    {
        _queue.Enqueue(message);
        while (_queue.Count > 0 && _free.TryPop(out var worker))
        {
            worker.Listed = false;
            if (worker.Alive) Serve(worker);
        }
    }

    // A scaled job counts active messages, locked ones included, and starts the workers that are missing.
    private void Poll()
    {
        var active = _queue.Count + _locked;
        var wanted = Math.Min(_options.MaxWorkers, (active + _options.MessagesPerWorker - 1) / _options.MessagesPerWorker);
        while (_alive.Count < wanted)
        {
            var worker = new SimulatedWorker(_now, _secondsAt);
            _alive.Add(worker);
            _coldStarts++;
            Schedule(_now + _options.ColdStartSeconds, new Event(Kind.Ready, worker));
            if (_options.CrashesPerWorkerHour > 0)
                Schedule(_now - (Math.Log(1 - _random.NextDouble()) * 3600 / _options.CrashesPerWorkerHour), new Event(Kind.Crash, worker));
        }

        _peak = Math.Max(_peak, _alive.Count);
        Schedule(_now + _options.PollingSeconds, new Event(Kind.Poll));
    }

    private void Serve(SimulatedWorker worker)
    {
        if (!worker.Ready) return;
        while (worker.Jobs < _slots && _queue.TryDequeue(out var message))
        {
            _locked++;
            if (!message.Delivered) _ages[message.Id] = (float)(_now - message.Arrived);
            worker.Take(message with { Delivered = true }, _now);
        }

        if (worker.Jobs > 0) Schedule(worker.NextDone(_now), new Event(Kind.Done, worker, Version: worker.Version));
        else Schedule(worker.IdleSince + _options.IdleSeconds, new Event(Kind.Idle, worker));

        if (worker.Jobs < _slots && !worker.Listed)
        {
            worker.Listed = true;
            _free.Push(worker);
        }
    }

    private void Finish(SimulatedWorker worker)
    {
        var done = worker.Finish(_now);
        if (Renew(done))
        {
            _locked--;
            _finished++;
        }
        else
        {
            GiveBack(done);
        }

        Serve(worker);
    }

    private void Leave(SimulatedWorker worker)
    {
        foreach (var broken in worker.Leave(_now))
        {
            Renew(broken);
            GiveBack(broken);
        }

        _alive.Remove(worker);
        _workerSeconds += _now - worker.Started;
        _busySeconds += worker.BusySeconds;
    }

    /// <summary>Counts the renewals that a document took; false if one was lost.</summary>
    private bool Renew(SimulatedJob job)
    {
        var renewals = (long)((_now - job.Since) / (_options.LockSeconds / 2));
        _renewals += renewals;
        return renewals == 0 || _random.NextDouble() < Math.Pow(1 - _options.RenewalLossProbability, renewals);
    }

    // The broker gives the message out again when the lock that nobody renews has run out.
    private void GiveBack(SimulatedJob job) => Schedule(_now + _options.LockSeconds, new Event(Kind.LockExpired, Message: job.Message));

    /// <summary>Measures up to an event, of which the state before it is the extreme of the time since the last one.</summary>
    private void Sample(double until)
    {
        while (_nextSample <= until)
        {
            _samples.Add(Most(Measure(_nextSample), _most));
            _most = default;
            _nextSample += _sampleEvery;
            if (_samples.Count < MostSamples) continue;

            // Twice as coarse from here on: long runs stay as cheap to draw as short ones, and keep their peaks.
            for (var index = 0; index < _samples.Count / 2; index++) _samples[index] = Most(_samples[2 * index], _samples[(2 * index) + 1]);
            _samples.RemoveRange(_samples.Count / 2, _samples.Count - (_samples.Count / 2));
            _sampleEvery *= 2;
        }

        _most = Most(new SimulationSample { Waiting = _queue.Count, Workers = _alive.Count, OldestAge = OldestAge(until) }, _most);
    }

    private static SimulationSample Most(SimulationSample sample, SimulationSample other) => sample with
    {
        Waiting = Math.Max(sample.Waiting, other.Waiting),
        Workers = Math.Max(sample.Workers, other.Workers),
        OldestAge = Math.Max(sample.OldestAge, other.OldestAge),
    };

    private double OldestAge(double time) => _queue.TryPeek(out var oldest) ? time - oldest.Arrived : 0;

    private SimulationSample Measure(double time) => new(
        time, _queue.Count, _alive.Count, _alive.Count(worker => worker.Jobs > 0),
        OldestAge(time), _finished, _workerSeconds + _alive.Sum(worker => time - worker.Started));

    private void Schedule(double time, Event next) => _events.Enqueue(next, (time, _order++));

    private double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private readonly record struct Event(Kind Kind, SimulatedWorker? Worker = null, SimulatedMessage Message = default, int Version = 0);
}
