namespace SmolLM3.Batch.Cli.Planning;

/// <summary>The state of the simulated system at one moment; worker-seconds are those paid so far.</summary>
internal readonly record struct SimulationSample(
    double Time, long Waiting, int Workers, int Busy, double OldestAge, long Finished, double WorkerSeconds);

/// <summary>What a simulated run came to. Times in seconds.</summary>
internal sealed record SimulationResult
{
    public required double Makespan { get; init; }

    public required double WorkerSeconds { get; init; }

    /// <summary>Share of the workers' time in which the GPU computed.</summary>
    public required double Utilisation { get; init; }

    public required int ColdStarts { get; init; }

    public required int PeakWorkers { get; init; }

    public required long Renewals { get; init; }

    public required long Redeliveries { get; init; }

    public required double QueueAgeP50 { get; init; }

    public required double QueueAgeP95 { get; init; }

    public required double QueueAgeMax { get; init; }

    public required IReadOnlyList<SimulationSample> Samples { get; init; }
}
