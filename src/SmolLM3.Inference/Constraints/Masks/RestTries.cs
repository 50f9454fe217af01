using System.Collections.Concurrent;

namespace SmolLM3.Inference.Constraints;

/// <summary>
/// Trees of what tokens go on with after a value's end. Hundreds of states end in the same few ways, and sorting a thousand tokens costs
/// more than all else in a mask. Thread-safe.
/// </summary>
internal sealed class RestTries
{
    private const int MostKept = 1_024;

    private static readonly TokenTrie Empty = new([]);

    private readonly ConcurrentDictionary<Key, TokenTrie> _tries = new();

    public TokenTrie Get(List<(ReadOnlyMemory<byte> Bytes, int Token)> rests)
    {
        if (rests.Count == 0)
            return Empty;
        var key = new Key([.. rests.Select(rest => ((long)rest.Token << 8) + rest.Bytes.Length)]);
        if (_tries.TryGetValue(key, out TokenTrie? trie))
            return trie;
        if (_tries.Count >= MostKept)
            _tries.Clear();
        return _tries.GetOrAdd(key, new TokenTrie(rests));
    }

    // A token and how much of it is left say what is left.
    private sealed class Key(long[] rests) : IEquatable<Key>
    {
        private readonly long[] _rests = rests;

        public bool Equals(Key? other) => other is not null && _rests.AsSpan().SequenceEqual(other._rests);

        public override bool Equals(object? obj) => Equals(obj as Key);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes<long>(_rests));
            return hash.ToHashCode();
        }
    }
}
