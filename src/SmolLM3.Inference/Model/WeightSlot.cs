using static TorchSharp.torch;

namespace SmolLM3.Inference.Model;

/// <summary>Where a tensor of the checkpoint goes: rows of one of the model's tensors, several of which are fused.</summary>
internal sealed record WeightSlot(string Name, Tensor Target, long FirstRow);
