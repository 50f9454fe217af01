using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model;

/// <summary>Collects a step's integers, so that they go to the device in one copy: each is a wait for the device.</summary>
internal sealed class DeviceIntegers
{
    private readonly List<long> _values = [];
    private Tensor? _sent;

    /// <summary>Keeps the numbers until <see cref="Send"/>.</summary>
    public Range Add(IEnumerable<long> values)
    {
        var start = _values.Count;
        _values.AddRange(values);
        return start.._values.Count;
    }

    public void Send(Device device) => _sent = tensor(_values.ToArray(), device: device);

    /// <summary>What was added, as a vector of int64.</summary>
    public Tensor this[Range range] => _sent!.narrow(0, range.Start.Value, range.End.Value - range.Start.Value);
}
