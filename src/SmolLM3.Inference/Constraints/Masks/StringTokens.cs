namespace SmolLM3.Inference.Constraints;

/// <summary>What each token does to a string that it begins in, between two characters.</summary>
internal sealed class StringTokens
{
    /// <param name="tokens">The vocabulary.</param>
    public StringTokens(IEnumerable<(ReadOnlyMemory<byte> Bytes, int Id)> tokens)
    {
        var all = new List<Token>();
        foreach (var (bytes, id) in tokens)
        {
            if (StringRule.Read(bytes.Span, out int characters, out int bytesToBody, out int end))
                all.Add(new Token(id, characters, bytesToBody, end >= 0, end >= 0 ? bytes[end..] : default));
        }

        All = [.. all];
    }

    /// <summary>The tokens that may stand there at all.</summary>
    public Token[] All { get; }

    /// <summary>A token.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Characters">How many characters of the string begin in it.</param>
    /// <param name="BytesToBody">The bytes that the last of them still lacks.</param>
    /// <param name="Closes">Whether it holds the closing quote.</param>
    /// <param name="Beyond">What comes after that.</param>
    internal readonly record struct Token(int Id, int Characters, int BytesToBody, bool Closes, ReadOnlyMemory<byte> Beyond);
}
