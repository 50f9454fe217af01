using static TorchSharp.torch;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>Sequences of unlike lengths that attend in one kernel: what flash attention calls a batch of variable length.</summary>
/// <param name="QueryStarts">The first query of each sequence and the end of the last: [sequences + 1], int32.</param>
/// <param name="KeyStarts">The first key of each sequence, in any order, the last one twice: [sequences + 1], int32.</param>
/// <param name="Lengths">Keys of each sequence: [sequences], int32.</param>
/// <param name="MostQueries">Of one sequence.</param>
/// <param name="MostKeys">Of one sequence.</param>
internal sealed record RaggedBatch(Tensor QueryStarts, Tensor KeyStarts, Tensor Lengths, int MostQueries, int MostKeys);
