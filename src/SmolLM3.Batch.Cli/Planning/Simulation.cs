namespace SmolLM3.Batch.Cli.Planning;

/// <summary>
/// Discrete events: messages arrive, KEDA polls and starts workers as Container Apps jobs, workers warm up, take as many documents as fit
/// their memory, renew locks, crash, and leave when idle. A document's speed is set by how many share its worker when it starts.
/// </summary>
internal sealed class Simulation
{
    private const int MostSamples = 2_000;

    private readonly EngineModel _engine;
    private readonly Workload _mean;
    private readonly SimulationOptions _options;
    private readonly Random _random;
    private readonly int _slots;
    private readonly double[] _secondsAt;

    private readonly PriorityQueue<Event, (double Time, long Order)> _events = new();
    private readonly Queue<Message> _queue = new();
    private readonly List<Worker> _workers = [];
    private readonly Stack<Worker> _free = new();
    private readonly List<SimulationSample> _samples = [];
    private readonly float[] _ages;

    private double _now;
    private long _order;
    private int _arrived;
    private int _finished;
    private int _coldStarts;
    private int _alive;
    private int _peak;
    private int _locked;
    private long _renewals;
    private long _redeliveries;
    private double _workerSeconds;
    private double _busySeconds;
    private double _nextSample;
    private double _sampleEvery;

    public Simulation(EngineModel engine, Workload mean, SimulationOptions options)
    {
        (_engine, _mean, _options, _random) = (engine, mean, options, new Random(options.Seed));
        _slots = engine.ConcurrentJobs(mean);
        if (_slots < 1) throw new CliException("A document of this length does not fit the GPU's memory beside the weights. Take a larger GPU or shorter documents.");
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
        LockExpired,
    }

    public SimulationResult Run()
    {
        Schedule(0, new Event(Kind.Arrival));
        Schedule(0, new Event(Kind.Poll));
        while (_finished < _mean.Documents && _events.TryDequeue(out var next, out var at))
        {
            _now = at.Time;
            Sample();
            Handle(next);
        }

        foreach (var worker in _workers) Leave(worker);
        _samples.Add(Measure());
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
                Serve(next.Worker);
                break;
            case Kind.Done:
                Finish(next);
                break;
            case Kind.Idle:
                if (next.Worker is { Alive: true, Jobs: 0 } idle && idle.IdleSince + _options.IdleSeconds <= _now + 1e-9) Leave(idle);
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
            var length = _options.LengthSigma == 0 ? 1 : Math.Exp((_options.LengthSigma * Gaussian()) - (_options.LengthSigma * _options.LengthSigma / 2));
            Enqueue(new Message(_arrived++, _now, length));
        }
        while (gap == 0 && _arrived < _mean.Documents);

        if (_arrived < _mean.Documents) Schedule(_now + gap, new Event(Kind.Arrival));
    }

    private void Enqueue(Message message)
    {
        _queue.Enqueue(message);
        while (_queue.Count > 0 && _free.TryPop(out var worker))
        {
            worker.Listed = false;
            Serve(worker);
        }
    }

    // A scaled job counts active messages, locked ones included, and starts the workers that are missing.
    private void Poll()
    {
        var active = _queue.Count + _locked;
        var wanted = Math.Min(_options.MaxWorkers, (active + _options.MessagesPerWorker - 1) / _options.MessagesPerWorker);
        for (; _alive < wanted; _alive++)
        {
            var worker = new Worker { Started = _now };
            _workers.Add(worker);
            _coldStarts++;
            if (_options.CrashesPerWorkerHour > 0) worker.CrashesAt = _now - (Math.Log(1 - _random.NextDouble()) * 3600 / _options.CrashesPerWorkerHour);
            Schedule(_now + _options.ColdStartSeconds, new Event(Kind.Ready, worker));
        }

        _peak = Math.Max(_peak, _alive);
        Schedule(_now + _options.PollingSeconds, new Event(Kind.Poll));
    }

    private void Serve(Worker worker)
    {
        if (worker is not { Alive: true, Ready: true }) return;
        while (worker.Jobs < _slots && _queue.TryDequeue(out var message))
        {
            if (worker.Jobs++ == 0) worker.BusySince = _now;
            _locked++;
            if (message.Deliveries == 0) _ages[message.Id] = (float)(_now - message.Arrived);

            var seconds = worker.Jobs * _secondsAt[worker.Jobs] * message.Length;
            var renewals = (long)(seconds / (_options.LockSeconds / 2));
            _renewals += renewals;
            var keepsLock = renewals == 0 || _random.NextDouble() < Math.Pow(1 - _options.RenewalLossProbability, renewals);
            Schedule(_now + seconds, new Event(Kind.Done, worker, message with { Deliveries = message.Deliveries + 1 }, keepsLock));
        }

        if (worker.Jobs < _slots && !worker.Listed)
        {
            worker.Listed = true;
            _free.Push(worker);
        }

        if (worker.Jobs == 0)
        {
            worker.IdleSince = _now;
            Schedule(_now + _options.IdleSeconds, new Event(Kind.Idle, worker));
        }
    }

    private void Finish(Event done)
    {
        var worker = done.Worker!;
        worker.Jobs--;

        // A crash shows when the next of the worker's documents would have been done.
        if (worker.Alive && worker.CrashesAt <= _now) Leave(worker, wasBusy: true);
        else if (worker.Alive && worker.Jobs == 0) _busySeconds += _now - worker.BusySince;

        if (!worker.Alive || !done.KeepsLock)
        {
            // The broker gives the message out again when the lock that nobody renews has run out.
            Schedule(_now + _options.LockSeconds, new Event(Kind.LockExpired, Message: done.Message));
        }
        else
        {
            _locked--;
            _finished++;
        }

        Serve(worker);
    }

    private void Leave(Worker worker, bool wasBusy = false)
    {
        if (!worker.Alive) return;
        worker.Alive = false;
        _alive--;
        _workerSeconds += _now - worker.Started;
        if (wasBusy || worker.Jobs > 0) _busySeconds += _now - worker.BusySince;
    }

    private void Sample()
    {
        while (_nextSample <= _now)
        {
            _samples.Add(Measure() with { Time = _nextSample });
            _nextSample += _sampleEvery;
            if (_samples.Count < MostSamples) continue;

            // Twice as coarse from here on: long runs stay as cheap to draw as short ones.
            for (var index = 0; index < _samples.Count / 2; index++) _samples[index] = _samples[2 * index];
            _samples.RemoveRange(_samples.Count / 2, _samples.Count - (_samples.Count / 2));
            _sampleEvery *= 2;
        }
    }

    private SimulationSample Measure() => new(
        _now, _queue.Count, _alive, _workers.Count(worker => worker is { Alive: true, Jobs: > 0 }),
        _queue.TryPeek(out var oldest) ? _now - oldest.Arrived : 0, _finished);

    private void Schedule(double time, Event next) => _events.Enqueue(next, (time, _order++));

    private double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private readonly record struct Message(int Id, double Arrived, double Length, int Deliveries = 0);

    private readonly record struct Event(Kind Kind, Worker? Worker = null, Message Message = default, bool KeepsLock = true);

    private sealed class Worker
    {
        public double Started { get; init; }

        public double CrashesAt { get; set; } = double.PositiveInfinity;

        public bool Ready { get; set; }

        public bool Alive { get; set; } = true;

        public bool Listed { get; set; }

        public int Jobs { get; set; }

        public double BusySince { get; set; }

        public double IdleSince { get; set; }
    }
}
