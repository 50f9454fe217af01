namespace SmolLM3.Inference;

/// <summary>Several steps in a row failed, as they do after an error of the device: the engine takes no more requests.</summary>
public sealed class EngineBrokenException : Exception
{
    internal EngineBrokenException(Exception cause)
        : base($"The engine takes no more requests, because step after step failed: {cause.Message} Load the model in a new process.", cause)
    {
    }
}
