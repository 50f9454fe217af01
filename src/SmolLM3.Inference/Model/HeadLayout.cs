using static TorchSharp.torch;

namespace SmolLM3.Inference.Model;

/// <summary>How query heads share key and value heads: <see cref="Group"/> neighbours read the same one.</summary>
internal sealed class HeadLayout(ModelConfig config)
{
    public int Queries { get; } = config.AttentionHeads;

    public int Keys { get; } = config.KeyValueHeads;

    public int Group { get; } = config.AttentionHeads / config.KeyValueHeads;

    public int Size { get; } = config.HeadSize;

    public int Width { get; } = config.AttentionHeads * config.HeadSize;

    public double Scale { get; } = 1 / Math.Sqrt(config.HeadSize);

    /// <summary>[rows, query heads, size] as [key heads, group, rows, size].</summary>
    public Tensor Grouped(Tensor queries) => queries.view(queries.shape[0], Keys, Group, Size).permute(1, 2, 0, 3);

    /// <summary>[key heads, group, rows, size] as [rows, query heads, size].</summary>
    public Tensor Ungrouped(Tensor attended) => attended.permute(2, 0, 1, 3).reshape(attended.shape[2], Width);
}
