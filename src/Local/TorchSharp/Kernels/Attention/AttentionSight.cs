namespace TorchSharp.Kernels.Attention;

/// <summary>How much of a block of keys some rows see.</summary>
internal enum AttentionSight
{
    Nothing,
    Something,
    Everything,
}
