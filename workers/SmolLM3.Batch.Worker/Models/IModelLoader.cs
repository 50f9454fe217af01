namespace SmolLM3.Batch.Worker;

/// <summary>Brings the model into memory before work is taken.</summary>
internal interface IModelLoader
{
    /// <summary>Completes with the cause when the loaded model can compute no more; never otherwise.</summary>
    Task<Exception> Broken { get; }

    Task LoadAsync(CancellationToken cancellationToken);
}
