using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>Collects what one kernel attends to: first each run's rows, side by side, then what single rows attend to besides.</summary>
internal sealed class RaggedSequences
{
    private readonly List<long> _queryEnds = [0];
    private readonly List<long> _keyStarts = [];
    private readonly List<long> _lengths = [];
    private readonly List<long> _queries = [];
    private int? _firstRow;
    private int _rows;
    private int _mostQueries;
    private Range _numbers;
    private Range _queriesAt;

    public int Count => _lengths.Count;

    /// <summary>The next rows of the step and all the keys that the last of them sees.</summary>
    public void Add(int firstRow, int rows, int keyStart, int length)
    {
        _firstRow ??= firstRow;
        if (firstRow != _firstRow + _rows)
            throw new ArgumentException($"Row {firstRow} does not follow row {_firstRow + _rows - 1}.", nameof(firstRow));
        _rows += rows;
        AddSequence(rows, keyStart, length);
        _queries.Add(firstRow - _firstRow.Value);
    }

    /// <summary>One of the rows once more, over other keys.</summary>
    /// <returns>The place of its result.</returns>
    public int AddAgain(int row, int keyStart, int length)
    {
        AddSequence(1, keyStart, length);
        _queries.Add(IndexOf(row));
        return Count - 1;
    }

    /// <summary>Place of a single row's own result.</summary>
    public int IndexOf(int row) => row - _firstRow!.Value;

    /// <returns>Null where nothing was added.</returns>
    public RaggedSequences? AddTo(DeviceIntegers integers)
    {
        if (Count == 0)
            return null;
        // Three vectors that the kernel wants in int32, converted together.
        _numbers = integers.Add([.. _queryEnds, .. _keyStarts, _keyStarts[^1], .. _lengths]);
        _queriesAt = integers.Add(_queryEnds[^1] > _rows ? _queries : []);
        return this;
    }

    public RaggedRows OnDevice(DeviceIntegers sent)
    {
        var numbers = sent[_numbers].to(ScalarType.Int32);
        return new(_firstRow!.Value, _rows, _queryEnds[^1] > _rows ? sent[_queriesAt] : null, new(
            numbers.narrow(0, 0, Count + 1),
            numbers.narrow(0, Count + 1, Count + 1),
            numbers.narrow(0, 2 * Count + 2, Count),
            _mostQueries,
            (int)_lengths.Max()));
    }

    private void AddSequence(int queries, int keyStart, int length)
    {
        _queryEnds.Add(_queryEnds[^1] + queries);
        _keyStarts.Add(keyStart);
        _lengths.Add(length);
        _mostQueries = Math.Max(_mostQueries, queries);
    }
}
