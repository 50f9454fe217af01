using SmolLM3.Inference.Model;

namespace SmolLM3.Inference.Loading;

/// <summary>
/// Neighbouring bytes of a weights file: rows of a tensor that goes to <paramref name="Slot"/>, or what no tensor of the model needs.
/// </summary>
internal sealed record FilePart(
    string File, long Offset, long Length, WeightSlot? Slot = null, SafetensorsTensor? Tensor = null, long Row = 0, long Rows = 0)
{
    private const long MaxLength = 16 << 20;

    /// <summary>The rows of a tensor.</summary>
    public static IEnumerable<FilePart> Of(WeightSlot slot, SafetensorsTensor tensor)
    {
        var rowLength = tensor.Length / tensor.Shape[0];
        var rowsAtOnce = Math.Max(1, MaxLength / rowLength);
        for (long row = 0; row < tensor.Shape[0]; row += rowsAtOnce)
        {
            var rows = Math.Min(rowsAtOnce, tensor.Shape[0] - row);
            yield return new(tensor.File, tensor.Offset + row * rowLength, rows * rowLength, slot, tensor, row, rows);
        }
    }

    /// <summary>What <paramref name="parts"/> leave out of a file: its header, and tensors that the model has no use for.</summary>
    public static IEnumerable<FilePart> Between(IEnumerable<FilePart> parts, CheckpointFile file)
    {
        long from = 0;
        foreach (var part in parts.Where(part => part.File == file.Name).OrderBy(part => part.Offset).Append(new(file.Name, file.Length, 0)))
        {
            for (; from < part.Offset; from += Math.Min(MaxLength, part.Offset - from))
                yield return new(file.Name, from, Math.Min(MaxLength, part.Offset - from));
            from = part.Offset + part.Length;
        }
    }
}
