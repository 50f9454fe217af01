using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.Tokenizers;

/// <summary>
/// Token bytes ► rank: open addressing over one array of entries and one array of bytes, so that a look-up touches two cache lines.
/// Tokens of up to eight bytes are compared by their packed value alone.
/// </summary>
internal sealed class ByteTable
{
    private struct Entry
    {
        public ulong Head;
        public int Offset;
        public int Length;
        public int Rank;
    }

    private Entry[] _entries;
    private byte[] _bytes;
    private int _bytesUsed;
    private int _mask;

    public ByteTable(int expected = 0)
    {
        _entries = new Entry[BitOperations.RoundUpToPowerOf2((uint)Math.Max(expected, 16) * 2)];
        _mask = _entries.Length - 1;
        _bytes = new byte[Math.Max(expected, 16) * 4];
    }

    public int Count { get; private set; }

    public void Set(ReadOnlySpan<byte> token, int rank)
    {
        if (Count * 2 >= _entries.Length)
            Grow();
        ref Entry entry = ref Find(token);
        if (entry.Length == 0)
        {
            while (_bytesUsed + token.Length > _bytes.Length)
                Array.Resize(ref _bytes, _bytes.Length * 2);
            token.CopyTo(_bytes.AsSpan(_bytesUsed));
            entry.Head = Head(token);
            entry.Offset = _bytesUsed;
            entry.Length = token.Length;
            _bytesUsed += token.Length;
            Count++;
        }

        entry.Rank = rank;
    }

    public bool TryGet(ReadOnlySpan<byte> token, out int rank)
    {
        ref Entry entry = ref Find(token);
        rank = entry.Rank;
        return entry.Length != 0;
    }

    /// <summary>The rank of a token, or <see cref="int.MaxValue"/> where there is none: what a merge compares.</summary>
    public int RankOf(ReadOnlySpan<byte> token) => TryGet(token, out int rank) ? rank : int.MaxValue;

    private ref Entry Find(ReadOnlySpan<byte> token)
    {
        ulong head = Head(token);
        ref Entry entries = ref MemoryMarshal.GetArrayDataReference(_entries);
        for (uint i = Hash(token, head); ; i++)
        {
            ref Entry entry = ref Unsafe.Add(ref entries, i & (uint)_mask);
            if (entry.Length == 0)
                return ref entry;
            if (entry.Head == head && entry.Length == token.Length
                && (token.Length <= 8 || token[8..].SequenceEqual(_bytes.AsSpan(entry.Offset + 8, token.Length - 8))))
                return ref entry;
        }
    }

    private void Grow()
    {
        Entry[] old = _entries;
        _entries = new Entry[old.Length * 2];
        _mask = _entries.Length - 1;
        foreach (Entry entry in old)
        {
            if (entry.Length == 0)
                continue;
            uint i = Hash(_bytes.AsSpan(entry.Offset, entry.Length), entry.Head);
            while (_entries[i & (uint)_mask].Length != 0)
                i++;
            _entries[i & (uint)_mask] = entry;
        }
    }

    // The first eight bytes, little-endian, zero-filled.
    private static ulong Head(ReadOnlySpan<byte> token)
    {
        ref byte start = ref MemoryMarshal.GetReference(token);
        switch (token.Length)
        {
            case >= 8:
                return Unsafe.ReadUnaligned<ulong>(ref start);
            case >= 4:
                return Unsafe.ReadUnaligned<uint>(ref start)
                    | (ulong)Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, token.Length - 4)) << ((token.Length - 4) * 8);
            case 0:
                return 0;
            default:
                ulong head = start;
                if (token.Length > 1)
                    head |= (ulong)Unsafe.Add(ref start, 1) << 8;
                if (token.Length > 2)
                    head |= (ulong)Unsafe.Add(ref start, 2) << 16;
                return head;
        }
    }

    private static uint Hash(ReadOnlySpan<byte> token, ulong head)
    {
        ulong hash = (head ^ (ulong)token.Length) * 0x9E3779B97F4A7C15;
        for (int i = 8; i < token.Length; i += 8)
            hash = (hash ^ (hash >> 29) ^ Head(token[i..])) * 0x9E3779B97F4A7C15;
        return (uint)(hash >> 32);
    }
}
