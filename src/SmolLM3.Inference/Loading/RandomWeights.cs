using SmolLM3.Inference.Sampling;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Loading;

/// <summary>
/// A safetensors file in bfloat16 whose content is a function of the seed: RMSNorm weights are 1, matrices roughly normal, scaled so
/// that activations keep their size through the layers.
/// </summary>
internal sealed class RandomWeights
{
    private readonly byte[] _head;
    private readonly List<Part> _parts = [];

    public RandomWeights(IEnumerable<(string Name, long[] Shape)> shapes, ulong seed)
    {
        var header = new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
        long at = 0;
        foreach (var (name, shape) in shapes)
        {
            var length = 2 * shape.Aggregate(1L, (a, b) => a * b);
            header[name] = new JsonObject
            {
                ["dtype"] = "BF16",
                ["shape"] = new JsonArray([.. shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(at, at + length),
            };
            _parts.Add(new(at, length, Values(name, shape), SamplingRandom.Mix(seed) + (ulong)_parts.Count * 0xD1342543DE82EF95));
            at += length;
        }
        var json = Encoding.UTF8.GetBytes(header.ToJsonString());
        _head = new byte[8 + (json.Length + 7) / 8 * 8];
        _head.AsSpan(8).Fill((byte)' ');
        json.CopyTo(_head, 8);
        BinaryPrimitives.WriteInt64LittleEndian(_head, _head.Length - 8);
        Length = _head.Length + at;
    }

    public long Length { get; }

    public void Read(long offset, Span<byte> destination)
    {
        if (offset < _head.Length)
        {
            var count = Math.Min(destination.Length, _head.Length - (int)offset);
            _head.AsSpan((int)offset, count).CopyTo(destination);
            offset += count;
            destination = destination[count..];
        }
        offset -= _head.Length;
        for (var i = FindPart(offset); destination.Length > 0; i++)
        {
            var within = offset - _parts[i].Start;
            var count = (int)Math.Min(destination.Length, _parts[i].Length - within);
            _parts[i].Fill(within, destination[..count]);
            offset += count;
            destination = destination[count..];
        }
    }

    private int FindPart(long offset)
    {
        var (low, high) = (0, _parts.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _parts[middle].Start <= offset ? (middle, high) : (low, middle - 1);
        }
        return low;
    }

    /// <summary>256 values of equal probability.</summary>
    private static ushort[] Values(string name, long[] shape)
    {
        var values = new ushort[256];
        if (shape.Length == 1)
        {
            Array.Fill(values, BFloat16(1));
            return values;
        }
        // Three for a table that is also the head: logits then spread enough for a likeliest token, and the layers outweigh the input.
        var deviation = (name.Contains("embed_tokens") || name.Contains("lm_head") ? 3 : 1) / Math.Sqrt(shape[^1]);
        for (var i = 0; i < values.Length; i++)
            values[i] = BFloat16((float)(deviation * NormalQuantile((i + 0.5) / values.Length)));
        return values;
    }

    private static ushort BFloat16(float value) => (ushort)((BitConverter.SingleToUInt32Bits(value) + 0x8000) >> 16);

    /// <summary>Tukey's lambda approximation: within 0.01 of the normal quantile over the 256 points.</summary>
    private static double NormalQuantile(double p) => (Math.Pow(p, 0.135) - Math.Pow(1 - p, 0.135)) / 0.1975;

    private sealed record Part(long Start, long Length, ushort[] Values, ulong Seed)
    {
        private const int BytesPerDraw = 16;

        /// <summary>Eight elements come from one draw of 64 bits.</summary>
        public void Fill(long offset, Span<byte> destination)
        {
            Span<byte> draw = stackalloc byte[BytesPerDraw];
            while (destination.Length > 0)
            {
                var skipped = (int)(offset % BytesPerDraw);
                if (skipped == 0 && destination.Length >= BytesPerDraw)
                {
                    Draw(offset / BytesPerDraw, destination);
                    offset += BytesPerDraw;
                    destination = destination[BytesPerDraw..];
                    continue;
                }
                Draw(offset / BytesPerDraw, draw);
                var count = Math.Min(BytesPerDraw - skipped, destination.Length);
                draw.Slice(skipped, count).CopyTo(destination);
                offset += count;
                destination = destination[count..];
            }
        }

        private void Draw(long index, Span<byte> destination)
        {
            var bits = SamplingRandom.Mix(Seed + (ulong)index);
            for (var i = 0; i < BytesPerDraw / 2; i++)
                BinaryPrimitives.WriteUInt16LittleEndian(destination[(2 * i)..], Values[(byte)(bits >> (8 * i))]);
        }
    }
}
