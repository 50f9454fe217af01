namespace SmolLM3.Batch.Pipeline;

/// <summary>What to do with a message once its handler is done. The host that received the message carries it out.</summary>
public abstract record Settlement
{
    private Settlement()
    {
    }

    /// <summary>Its effect is complete: remove it.</summary>
    public static Settlement Complete { get; } = new Completed();

    /// <summary>Give it back, to be delivered again.</summary>
    public static Settlement Abandon { get; } = new Abandoned();

    /// <summary>It can never be processed: set it aside with a reason.</summary>
    public static Settlement DeadLetter(string reason, string description) => new DeadLettered(reason, description);

    /// <summary>Deliver it again later; see <see cref="MessageHandling"/>.</summary>
    public static Settlement PutOff(TimeSpan delay) => new Postponed(delay);

    /// <summary>See <see cref="Complete"/>.</summary>
    public sealed record Completed : Settlement;

    /// <summary>See <see cref="Abandon"/>.</summary>
    public sealed record Abandoned : Settlement;

    /// <summary>See <see cref="PutOff"/>.</summary>
    /// <param name="Delay">How much later.</param>
    public sealed record Postponed(TimeSpan Delay) : Settlement;

    /// <summary>See <see cref="DeadLetter"/>.</summary>
    /// <param name="Reason">One of <see cref="Jobs.ErrorCodes"/>.</param>
    /// <param name="Description">Cause and remedy; the job's record says the same.</param>
    public sealed record DeadLettered(string Reason, string Description) : Settlement;
}
