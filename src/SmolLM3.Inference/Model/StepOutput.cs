using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model;

/// <summary>
/// A step's logits. The likeliest tokens cross from the device at once, logits themselves only for a row that needs them: 128,000 are half
/// a megabyte.
/// </summary>
internal sealed class StepOutput : IDisposable
{
    private readonly Tensor? _logits;
    private readonly long[] _argmax;
    private readonly int _vocabulary;
    private readonly Tensor?[] _onHost = [];

    public StepOutput(Tensor? logits)
    {
        _logits = logits;
        _argmax = [];
        if (logits is null)
            return;
        _vocabulary = (int)logits.shape[1];
        _onHost = new Tensor?[logits.shape[0]];
        using var scope = NewDisposeScope();
        _argmax = logits.argmax(-1).cpu().data<long>().ToArray();
    }

    /// <summary>The likeliest token of a row.</summary>
    public int ArgMax(int row) => (int)_argmax[row];

    /// <summary>A row's logits, which the caller may change.</summary>
    public Span<float> Row(int row)
    {
        var host = _onHost[row] ??= OnHost(row);
        return MemoryMarshal.Cast<byte, float>(host.bytes)[.._vocabulary];
    }

    public void Dispose()
    {
        foreach (var row in _onHost)
            row?.Dispose();
        _logits?.Dispose();
    }

    /// <summary>On a CPU the row itself, without a copy.</summary>
    private Tensor OnHost(int row)
    {
        using var scope = NewDisposeScope();
        return _logits!.narrow(0, row, 1).cpu().MoveToOuterDisposeScope();
    }
}
