namespace SmolLM3.Batch.Cli.Planning;

/// <summary>
/// The cloud around the engine, as the simulation has it; the defaults are those of bicep/main.bicep and the worker. Times in seconds.
/// </summary>
internal sealed record SimulationOptions
{
    /// <summary>All documents arrive evenly over this time; 0 is all at once.</summary>
    public double ArrivalSeconds { get; init; }

    public int MaxWorkers { get; init; } = 4;

    /// <summary>Worker:MaxConcurrentJobs: most documents that share a worker's batch.</summary>
    public int JobsPerWorker { get; init; } = 8;

    /// <summary>KEDA's pollingInterval.</summary>
    public double PollingSeconds { get; init; } = 30;

    /// <summary>KEDA's messageCount: active messages that one worker is started for.</summary>
    public int MessagesPerWorker { get; init; } = 8;

    /// <summary>From KEDA's decision to the first job: a GPU host, the image, the weights from blob to device.</summary>
    public double ColdStartSeconds { get; init; } = 150;

    /// <summary>Worker:IdleTimeout: a worker leaves after this long without work.</summary>
    public double IdleSeconds { get; init; } = 30;

    public double LockSeconds { get; init; } = 300;

    /// <summary>Renewals happen at half the lock's time; each is lost with this probability, and the job is then delivered again.</summary>
    public double RenewalLossProbability { get; init; } = 1e-6;

    /// <summary>Workers that vanish, per worker-hour; their jobs come back when their locks expire.</summary>
    public double CrashesPerWorkerHour { get; init; } = 0.01;

    /// <summary>Standard deviation of the logarithm of document length; 0 makes all alike.</summary>
    public double LengthSigma { get; init; } = 0.5;

    public int Seed { get; init; } = 1;
}
