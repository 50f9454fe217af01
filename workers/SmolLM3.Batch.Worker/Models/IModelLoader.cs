namespace SmolLM3.Batch.Worker;

/// <summary>Brings the model into memory before work is taken.</summary>
internal interface IModelLoader
{
    Task LoadAsync(CancellationToken cancellationToken);
}
