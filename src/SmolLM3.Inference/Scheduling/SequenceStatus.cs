namespace SmolLM3.Inference.Scheduling;

internal enum SequenceStatus
{
    Waiting,
    Running,
    Finished,
}
