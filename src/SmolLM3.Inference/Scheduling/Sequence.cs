using SmolLM3.Inference.KvCache;
using System.Runtime.InteropServices;

namespace SmolLM3.Inference.Scheduling;

/// <summary>A request's tokens on their way through the engine, and how many of them the KV cache holds.</summary>
internal sealed class Sequence
{
    private readonly List<int> _tokens;
    private bool _cancelled;

    public Sequence(IReadOnlyList<int> prompt, int maxTokens, int ropeKind, IReadOnlyList<int>? breakpoints = null)
    {
        _tokens = [.. prompt];
        PromptLength = prompt.Count;
        MaxLength = prompt.Count + maxTokens;
        RopeKind = ropeKind;
        SlabEnds = KvCache.SlabEnds.Of(PromptLength, breakpoints ?? []);
    }

    /// <summary>Prompt and generated tokens.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    public ReadOnlySpan<int> TokenSpan => CollectionsMarshal.AsSpan(_tokens);

    public int PromptLength { get; }

    /// <summary>Most tokens that this sequence may reach.</summary>
    public int MaxLength { get; }

    public int RopeKind { get; }

    /// <summary>Where slabs that others may share end, ascending, whether or not any other shares them.</summary>
    public int[] SlabEnds { get; }

    public SequenceStatus Status { get; set; } = SequenceStatus.Waiting;

    /// <summary>Null while the sequence waits.</summary>
    public KvChain? Chain { get; set; }

    /// <summary>Tokens whose keys and values are cached.</summary>
    public int Computed => Chain?.Length ?? 0;

    /// <summary>Tokens to compute before the next one can be sampled; 1 in decode.</summary>
    public int Uncomputed => _tokens.Count - Computed;

    public bool IsDecoding => Status == SequenceStatus.Running && Uncomputed == 1;

    /// <summary>Prompt tokens taken from a shared prefix when it was first admitted.</summary>
    public int CachedTokens { get; set; }

    public bool WasAdmitted { get; set; }

    /// <summary>Set from any thread; the scheduler drops the sequence at its next step.</summary>
    public bool IsCancelled => Volatile.Read(ref _cancelled);

    public void Cancel() => Volatile.Write(ref _cancelled, true);

    public void Append(int token)
    {
        if (_tokens.Count >= MaxLength)
            throw new InvalidOperationException($"A sequence of at most {MaxLength} tokens cannot grow.");
        _tokens.Add(token);
    }
}
