using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>
/// Rows that attend to several segments in the same kernel, each as a sequence of its own, and what is to be put together after.
/// </summary>
internal sealed class RowSegments
{
    private readonly int _firstRow;
    private readonly int _rows;
    private readonly int _columns;
    private readonly long[] _places;
    private readonly long[] _present;
    private Range _placesAt;
    private Range _presentAt;

    /// <summary>Adds the segments before the tails to <paramref name="sequences"/>, which hold the tails.</summary>
    public RowSegments(IReadOnlyList<SharedRows> groups, RaggedSequences sequences)
    {
        _firstRow = groups.Min(group => group.FirstRow);
        _rows = groups.Max(group => group.FirstRow + group.Rows) - _firstRow;
        _columns = 1 + groups.Max(group => group.Segments.Count);
        (_places, _present) = (new long[_rows * _columns], new long[_rows * _columns]);
        // Rows between the groups keep their own result: all columns say it, and the first one counts.
        for (var i = 0; i < _rows; i++)
        {
            Array.Fill(_places, sequences.IndexOf(_firstRow + i), i * _columns, _columns);
            _present[i * _columns] = 1;
        }
        foreach (var group in groups)
            for (var row = group.FirstRow; row < group.FirstRow + group.Rows; row++)
                for (var i = 0; i < group.Segments.Count; i++)
                {
                    var at = (row - _firstRow) * _columns + 1 + i;
                    _places[at] = sequences.AddAgain(row, group.Segments[i].Slab.Start, group.Segments[i].Length);
                    _present[at] = 1;
                }
    }

    public void AddTo(DeviceIntegers integers) => (_placesAt, _presentAt) = (integers.Add(_places), integers.Add(_present));

    public SegmentSum OnDevice(DeviceIntegers sent) => new(
        _firstRow, _rows, sent[_placesAt], sent[_presentAt].to(ScalarType.Float32).log().view(_rows, _columns, 1));
}
