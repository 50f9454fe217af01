using System.ComponentModel.DataAnnotations;

namespace SmolLM3.Batch.Worker;

/// <summary>How a worker takes work: configuration section <c>Worker</c>.</summary>
public sealed class WorkerOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Worker";

    /// <summary>What records call this worker. The default is the replica's or the machine's name and the process id.</summary>
    public string? Name { get; set; }

    /// <summary>Jobs that share the engine's batch.</summary>
    [Range(1, 1024)]
    public int MaxConcurrentJobs { get; set; } = 8;

    /// <summary>Whether the process stays, or is one execution of a Container Apps job and leaves when the queue is empty.</summary>
    public WorkerMode Mode { get; set; } = WorkerMode.Service;

    /// <summary>In job mode: how long the queue must have been empty.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the lock of a job's message is renewed: no job may take longer.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan MaxJobDuration { get; set; } = TimeSpan.FromHours(24);

    /// <summary>From the order to leave (SIGTERM) to the end: jobs under way are given back in this time.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>
    /// Where the liveness and readiness checks listen: <c>localhost</c>, an address, or <c>*</c> for every interface, which containers
    /// need.
    /// </summary>
    [Required]
    public string HealthAddress { get; set; } = "localhost";

    /// <summary>Port of the liveness and readiness checks.</summary>
    [Range(1, 65535)]
    public int HealthPort { get; set; } = 8080;
}
