namespace SmolLM3.Inference.Engine;

/// <summary>Is told of every step, on the engine's thread, once its tokens are reported; the next step waits for it.</summary>
internal interface IStepObserver
{
    void AfterStep(EngineStatistics statistics);
}
