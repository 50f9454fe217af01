using SmolLM3.Inference.KvCache;
using SmolLM3.Inference.Model;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>One sequence fed to a model by hand, without a scheduler: its logits are there to be compared.</summary>
internal sealed class ModelSession : IDisposable
{
    private readonly SmolLM3Model _model;
    private readonly KvPool _pool;
    private readonly int _ropeKind;

    public ModelSession(SmolLM3Model model, int capacity, int ropeKind = 0)
    {
        (_model, _ropeKind) = (model, ropeKind);
        _pool = new(model.NewStore(capacity), capacity);
        Chain.StartTail(_pool.Allocate(capacity));
    }

    public KvChain Chain { get; } = new();

    public StepRun Run(ReadOnlyMemory<int> tokens, int logits, int firstRow = 0) => new(Chain, tokens, firstRow, _ropeKind, logits);

    /// <summary>Feeds tokens and returns the logits after the last <paramref name="logits"/> of them.</summary>
    public float[][] Feed(ReadOnlyMemory<int> tokens, int logits = 1) => Rows(_model.Forward([Run(tokens, logits)]));

    public static float[][] Rows(Tensor? output)
    {
        using var given = output;
        if (given is null)
            return [];
        using var rows = given.cpu();
        return [.. rows.data<float>().ToArray().Chunk((int)rows.shape[1])];
    }

    public void Dispose()
    {
        _pool.Release(Chain);
        _pool.Dispose();
    }
}
