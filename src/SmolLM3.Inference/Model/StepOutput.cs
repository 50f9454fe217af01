using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model;

/// <summary>
/// A step's logits. The likeliest tokens cross from the device at once, the logits themselves only where something needs them.
/// </summary>
internal sealed class StepOutput : IDisposable
{
    private readonly Tensor? _logits;
    private readonly long[] _argmax;
    private readonly int _vocabulary;
    private Tensor? _onHost;

    public StepOutput(Tensor? logits)
    {
        _logits = logits;
        _argmax = [];
        if (logits is null)
            return;
        _vocabulary = (int)logits.shape[1];
        using var scope = NewDisposeScope();
        _argmax = logits.argmax(-1).cpu().data<long>().ToArray();
    }

    /// <summary>The likeliest token of a row.</summary>
    public int ArgMax(int row) => (int)_argmax[row];

    /// <summary>A row's logits, which the caller may change.</summary>
    public Span<float> Row(int row)
    {
        _onHost ??= _logits!.cpu();
        return MemoryMarshal.Cast<byte, float>(_onHost.bytes).Slice(row * _vocabulary, _vocabulary);
    }

    public void Dispose()
    {
        if (!ReferenceEquals(_onHost, _logits))
            _onHost?.Dispose();
        _logits?.Dispose();
    }
}
