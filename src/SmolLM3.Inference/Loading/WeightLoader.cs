using SmolLM3.Inference.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Loading;

/// <summary>
/// Fills a model's weights by parallel range reads. Where type and device agree, bytes go straight from the source into the tensor's
/// memory; otherwise through a buffer of a few megabytes that is converted or sent to the device. Checksums are taken over the same bytes.
/// </summary>
internal sealed class WeightLoader(Checkpoint checkpoint, int parallelReads, bool verify, IProgress<LoadProgress>? progress)
{
    private readonly long _total = checkpoint.Tensors.Values.Sum(tensor => tensor.Length);
    private readonly Dictionary<string, FileChecksum> _checksums = [];
    private long _read;

    public async Task LoadAsync(ModelWeights weights, CancellationToken cancellationToken)
    {
        var parts = weights.Slots().SelectMany(slot => FilePart.Of(slot, checkpoint.Tensors[slot.Name])).ToList();
        try
        {
            if (verify)
            {
                foreach (var file in checkpoint.WeightFiles.Where(file => file.Sha256 is not null))
                {
                    _checksums[file.Name] = new(file);
                    parts.AddRange(FilePart.Between(parts, file).ToList());
                }
            }
            await Parallel.ForEachAsync(
                InOrder(parts),
                new ParallelOptions { MaxDegreeOfParallelism = parallelReads, CancellationToken = cancellationToken },
                ReadAsync).ConfigureAwait(false);
            foreach (var checksum in _checksums.Values)
                checksum.Check(checkpoint.Source.Name);
        }
        finally
        {
            foreach (var checksum in _checksums.Values)
                checksum.Dispose();
        }
    }

    /// <summary>Each file from its beginning to its end, all files side by side.</summary>
    private static IEnumerable<FilePart> InOrder(IEnumerable<FilePart> parts) => parts
        .GroupBy(part => part.File)
        .SelectMany(file => file.OrderBy(part => part.Offset).Index())
        .OrderBy(part => part.Index)
        .Select(part => part.Item);

    /// <summary>Finds missing, misshapen and mistyped tensors before memory is allocated for any.</summary>
    public static void Check(Checkpoint checkpoint)
    {
        foreach (var (name, shape) in ModelWeights.Shapes(checkpoint.Config))
        {
            if (!checkpoint.Tensors.TryGetValue(name, out var tensor))
                throw new CheckpointException(checkpoint.Source.Name, "its weights", $"tensor '{name}' is missing.");
            if (!tensor.Shape.SequenceEqual(shape))
                throw Error(
                    checkpoint, tensor,
                    $"has shape [{string.Join(", ", tensor.Shape)}], but the configuration asks for [{string.Join(", ", shape)}].");
            if (tensor.DType is not ("BF16" or "F16" or "F32"))
                throw Error(checkpoint, tensor, $"is of type {tensor.DType}; this engine loads BF16, F16 and F32.");
        }
    }

    private static CheckpointException Error(Checkpoint checkpoint, SafetensorsTensor tensor, string problem)
        => new(checkpoint.Source.Name, tensor.File, $"tensor '{tensor.Name}' {problem}");

    private async ValueTask ReadAsync(FilePart part, CancellationToken cancellationToken)
    {
        if (part.Tensor is null)
        {
            var unused = new byte[part.Length];
            // As memory: TorchSharp turns arrays into tensors implicitly.
            await FillAsync(unused.AsMemory(), part, cancellationToken).ConfigureAwait(false);
            return;
        }
        var fileType = TypeOf(part.Tensor.DType);
        using var target = part.Slot!.Target.narrow(0, part.Slot.FirstRow + part.Row, part.Rows);
        if (target.device_type == DeviceType.CPU && target.dtype == fileType)
        {
            await FillAsync(target, part, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            using var staged = empty([part.Rows, .. part.Tensor.Shape.Skip(1)], dtype: fileType, device: CPU);
            await FillAsync(staged, part, cancellationToken).ConfigureAwait(false);
            target.copy_(staged);
        }
        var read = Interlocked.Add(ref _read, part.Length);
        progress?.Report(new(read, _total, part.Tensor.Name));
    }

    private async Task FillAsync(Tensor target, FilePart part, CancellationToken cancellationToken)
    {
        using var memory = Over(target);
        await FillAsync(memory.Memory, part, cancellationToken).ConfigureAwait(false);
    }

    private async Task FillAsync(Memory<byte> target, FilePart part, CancellationToken cancellationToken)
    {
        try
        {
            await checkpoint.Source.ReadAsync(part.File, part.Offset, target, cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException e)
        {
            var place = part.Tensor is null ? $"before byte {part.Offset + part.Length:N0}" : $"within tensor '{part.Tensor.Name}'";
            throw new CheckpointException(checkpoint.Source.Name, part.File, $"ends {place}; it changed while it was read.", e);
        }
        if (_checksums.TryGetValue(part.File, out var checksum))
            await checksum.AppendAsync(part.Offset, target, cancellationToken).ConfigureAwait(false);
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
}
