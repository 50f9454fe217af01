using SmolLM3.Inference.KvCache;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model;

/// <summary>
/// Consecutive rows of a step that belong to one sequence: a chunk of its prompt, its last token, or that and a proposal.
/// </summary>
/// <param name="Chain">The sequence's KV cache; its tail has room for the rows.</param>
/// <param name="Tokens">The tokens of the rows.</param>
/// <param name="FirstRow">The first row in the step.</param>
/// <param name="RopeKind">The sequence's rotary embedding.</param>
/// <param name="Logits">For how many of the last rows logits are wanted.</param>
internal sealed record StepRun(KvChain Chain, ReadOnlyMemory<int> Tokens, int FirstRow, int RopeKind, int Logits)
{
    public int Rows => Tokens.Length;

    /// <summary>Position of the first row: tokens that the chain held before this step.</summary>
    public int Past { get; } = Chain.Length;

    /// <summary>[rows, past + rows], true where a row may attend; null where the rows are the sequence's first, or a single one.</summary>
    public Tensor? Mask { get; set; }
}
