using SmolLM3.Inference.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Loading;

/// <summary>
/// Fills a model's weights by parallel range reads. Where type and device agree, bytes go straight from the source into the tensor's
/// memory; otherwise through a buffer of a few megabytes that is converted or sent to the device.
/// </summary>
internal sealed class WeightLoader(Checkpoint checkpoint, int parallelReads, IProgress<LoadProgress>? progress)
{
    private const long ChunkLength = 16 << 20;

    private readonly long _total = checkpoint.Tensors.Values.Sum(tensor => tensor.Length);
    private long _read;

    public async Task LoadAsync(ModelWeights weights, CancellationToken cancellationToken)
    {
        var chunks = weights.Slots().SelectMany(Chunks).ToList();
        await Parallel.ForEachAsync(
            chunks,
            new ParallelOptions { MaxDegreeOfParallelism = parallelReads, CancellationToken = cancellationToken },
            ReadAsync).ConfigureAwait(false);
    }

    /// <summary>Finds missing, misshapen and mistyped tensors before memory is allocated for any.</summary>
    public static void Check(Checkpoint checkpoint)
    {
        foreach (var (name, shape) in ModelWeights.Shapes(checkpoint.Config))
        {
            if (!checkpoint.Tensors.TryGetValue(name, out var tensor))
                throw new CheckpointException(checkpoint.Source.Name, "its weights", $"tensor '{name}' is missing.");
            if (!tensor.Shape.SequenceEqual(shape))
                throw Error(checkpoint, tensor, $"has shape [{string.Join(", ", tensor.Shape)}], but the configuration asks for [{string.Join(", ", shape)}].");
            if (tensor.DType is not ("BF16" or "F16" or "F32"))
                throw Error(checkpoint, tensor, $"is of type {tensor.DType}; this engine loads BF16, F16 and F32.");
        }
    }

    private static CheckpointException Error(Checkpoint checkpoint, SafetensorsTensor tensor, string problem)
        => new(checkpoint.Source.Name, tensor.File, $"tensor '{tensor.Name}' {problem}");

    private IEnumerable<Chunk> Chunks(WeightSlot slot)
    {
        var tensor = checkpoint.Tensors[slot.Name];
        var rowLength = tensor.Length / tensor.Shape[0];
        var rowsAtOnce = Math.Max(1, ChunkLength / rowLength);
        for (long row = 0; row < tensor.Shape[0]; row += rowsAtOnce)
            yield return new(slot, tensor, row, Math.Min(rowsAtOnce, tensor.Shape[0] - row));
    }

    private async ValueTask ReadAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        var (slot, tensor, row, rows) = chunk;
        var rowLength = tensor.Length / tensor.Shape[0];
        var fileType = TypeOf(tensor.DType);
        using var target = slot.Target.narrow(0, slot.FirstRow + row, rows);
        if (target.device_type == DeviceType.CPU && target.dtype == fileType)
        {
            await FillAsync(target, tensor, row * rowLength, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            using var staged = empty([rows, .. tensor.Shape.Skip(1)], dtype: fileType, device: CPU);
            await FillAsync(staged, tensor, row * rowLength, cancellationToken).ConfigureAwait(false);
            target.copy_(staged);
        }
        var read = Interlocked.Add(ref _read, rows * rowLength);
        progress?.Report(new(read, _total, tensor.Name));
    }

    private async Task FillAsync(Tensor target, SafetensorsTensor tensor, long offset, CancellationToken cancellationToken)
    {
        try
        {
            using var memory = Over(target);
            await checkpoint.Source.ReadAsync(tensor.File, tensor.Offset + offset, memory.Memory, cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException e)
        {
            throw new CheckpointException(checkpoint.Source.Name, tensor.File, $"ends within tensor '{tensor.Name}'; it changed while it was read.", e);
        }
    }

    private static unsafe NativeMemory Over(Tensor tensor)
    {
        var bytes = tensor.bytes;
        fixed (byte* address = bytes)
            return new NativeMemory(address, bytes.Length);
    }

    private static ScalarType TypeOf(string dtype) => dtype switch
    {
        "BF16" => ScalarType.BFloat16,
        "F16" => ScalarType.Float16,
        _ => ScalarType.Float32,
    };

    private sealed record Chunk(WeightSlot Slot, SafetensorsTensor Tensor, long Row, long Rows);
}
