using System.Buffers.Binary;
using System.Text.Json;

namespace SmolLM3.Inference.Loading;

/// <summary>
/// Reads and checks the header of a safetensors file: 8 bytes of length, JSON, then the tensors without gap or overlap up to the
/// end of the file. Whatever a header claims is compared with the file's real length before anything of that size is allocated.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>The format's own limit.</summary>
    private const long MaxHeaderLength = 100_000_000;

    public static async Task<IReadOnlyList<SafetensorsTensor>> ReadAsync(
        ICheckpointSource source, CheckpointFile file, CancellationToken cancellationToken)
    {
        if (file.Length < 8)
            throw Error(
                source, file,
                file.Length == 0 ? "the file is empty; download it again." : "the file is too short for a safetensors header.");
        var prefix = new byte[8];
        await source.ReadAsync(file.Name, 0, prefix, cancellationToken).ConfigureAwait(false);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > MaxHeaderLength)
            throw Error(
                source, file,
                $"its header claims {headerLength:N0} bytes, more than the format's {MaxHeaderLength:N0}; this is no safetensors file.");
        if ((long)headerLength > file.Length - 8)
            throw Error(
                source, file, $"its header claims {headerLength:N0} bytes, but the file has only {file.Length:N0}; it is truncated.");

        var json = new byte[(int)headerLength];
        await source.ReadAsync(file.Name, 8, json, cancellationToken).ConfigureAwait(false);
        var tensors = Parse(source, file, json);
        CheckLayout(source, file, tensors, 8 + (long)headerLength);
        return tensors;
    }

    private static List<SafetensorsTensor> Parse(ICheckpointSource source, CheckpointFile file, byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Error(source, file, "its header is no JSON object.");
            var names = new HashSet<string>();
            var tensors = new List<SafetensorsTensor>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name))
                    throw Error(source, file, $"its header names '{property.Name}' twice.");
                if (property.Name != "__metadata__")
                    tensors.Add(ParseTensor(source, file, property.Name, property.Value, 8L + json.Length));
            }
            return tensors;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new CheckpointException(source.Name, file.Name, $"its header cannot be read ({e.Message})", e);
        }
    }

    private static SafetensorsTensor ParseTensor(
        ICheckpointSource source, CheckpointFile file, string name, JsonElement value, long dataStart)
    {
        var dtype = value.GetProperty("dtype").GetString() ?? "";
        long[] shape = [.. value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        long[] offsets = [.. value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        var elementSize = SafetensorsTensor.SizeOf(dtype);
        if (elementSize == 0)
            throw Error(source, file, $"tensor '{name}' is of the unknown type '{dtype}'.");
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > file.Length - dataStart)
            throw Error(source, file, $"tensor '{name}' claims bytes {string.Join(" to ", offsets)} of {file.Length - dataStart:N0}; the file is truncated or its header wrong.");
        if (ByteLength(shape, elementSize) != offsets[1] - offsets[0])
            throw Error(source, file, $"tensor '{name}' of type {dtype} and shape [{string.Join(", ", shape)}] does not take the {offsets[1] - offsets[0]:N0} bytes it claims.");
        return new(file.Name, name, dtype, shape, dataStart + offsets[0], offsets[1] - offsets[0]);
    }

    /// <summary>Null where the product overflows or a dimension is negative.</summary>
    private static long? ByteLength(long[] shape, int elementSize)
    {
        long length = elementSize;
        foreach (var size in shape)
        {
            if (size < 0 || (size > 0 && length > long.MaxValue / size))
                return null;
            length *= size;
        }
        return length;
    }

    private static void CheckLayout(ICheckpointSource source, CheckpointFile file, List<SafetensorsTensor> tensors, long dataStart)
    {
        var end = dataStart;
        foreach (var tensor in tensors.OrderBy(t => t.Offset).ThenBy(t => t.Length))
        {
            if (tensor.Offset != end)
                throw Error(
                    source, file,
                    $"tensor '{tensor.Name}' {(tensor.Offset < end ? "overlaps the one before it" : "leaves a gap before it")}.");
            end += tensor.Length;
        }
        if (end != file.Length)
            throw Error(source, file, $"its tensors end at byte {end:N0}, but the file has {file.Length:N0}.");
    }

    private static CheckpointException Error(ICheckpointSource source, CheckpointFile file, string problem) =>
        new(source.Name, file.Name, problem);
}
