using System.Numerics;
using System.Runtime.CompilerServices;

namespace SmolLM3.Inference.Tokenization;

/// <summary>Merges by the ids they join, in open addressing: a vocabulary of 128,000 tokens asks for millions of them at load.</summary>
internal sealed class PairTable
{
    private readonly (ulong Pair, int Id, int Rank)[] _entries;
    private readonly uint _mask;

    public PairTable(IReadOnlyList<(int Left, int Right, int Id)> merges)
    {
        _entries = new (ulong, int, int)[BitOperations.RoundUpToPowerOf2((uint)merges.Count * 2 + 1)];
        _mask = (uint)_entries.Length - 1;
        for (int rank = 0; rank < merges.Count; rank++)
        {
            var (left, right, id) = merges[rank];
            ref var entry = ref Find(left, right);
            entry = (Key(left, right), id, rank);
        }
    }

    /// <summary>What a pair becomes, and where its merge stands; false if it has none.</summary>
    public bool TryGet(int left, int right, out int id, out int rank)
    {
        ref var entry = ref Find(left, right);
        (id, rank) = (entry.Id, entry.Rank);
        return entry.Pair != 0;
    }

    private ref (ulong Pair, int Id, int Rank) Find(int left, int right)
    {
        ulong key = Key(left, right);
        for (uint i = (uint)((key * 0x9E3779B97F4A7C15) >> 32); ; i++)
        {
            ref var entry = ref _entries[i & _mask];
            if (entry.Pair == key || entry.Pair == 0)
                return ref entry;
        }
    }

    // Never 0, which marks an empty entry.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32 | (uint)right) + 1;
}
