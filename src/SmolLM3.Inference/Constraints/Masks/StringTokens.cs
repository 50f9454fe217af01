using System.Runtime.InteropServices;

namespace SmolLM3.Inference.Constraints;

/// <summary>What each token does to a string that it begins in, at one place: between two characters, or inside one.</summary>
internal sealed class StringTokens
{
    /// <param name="tokens">The vocabulary.</param>
    /// <param name="words">How long its masks are.</param>
    /// <param name="place">The state of an unlimited string that the tokens begin in.</param>
    public StringTokens(IEnumerable<(ReadOnlyMemory<byte> Bytes, int Id)> tokens, int words, int place)
    {
        var groups = new Dictionary<(int Characters, int BytesToBody, bool Closes), List<int>>();
        var beyond = new List<Closing>();
        foreach (var (bytes, id) in tokens)
        {
            if (!StringRule.Read(bytes.Span, place, out int characters, out int bytesToBody, out int end))
                continue;
            if (end >= 0 && end < bytes.Length)
                beyond.Add(new Closing(id, characters, bytes[end..]));
            else
                (CollectionsMarshal.GetValueRefOrAddDefault(groups, (characters, bytesToBody, end >= 0), out _) ??= []).Add(id);
        }

        BytesToBody = StringRule.BytesFrom(place);
        Groups = [.. groups.Select(group => new Group(
            group.Key.Characters, group.Key.BytesToBody, group.Key.Closes, new TokenSet(CollectionsMarshal.AsSpan(group.Value), words)))];
        Beyond = [.. beyond];
    }

    /// <summary>The bytes that the character at hand lacks.</summary>
    public int BytesToBody { get; }

    /// <summary>The tokens that stay inside the string or end with it.</summary>
    public Group[] Groups { get; }

    /// <summary>The tokens that go on after its end.</summary>
    public Closing[] Beyond { get; }

    /// <summary>Tokens that do the same to any string.</summary>
    /// <param name="Characters">How many characters of the string begin in them.</param>
    /// <param name="BytesToBody">The bytes that the last of them still lacks.</param>
    /// <param name="Closes">Whether they end with the closing quote.</param>
    /// <param name="Tokens">Their numbers.</param>
    internal sealed record Group(int Characters, int BytesToBody, bool Closes, TokenSet Tokens);

    /// <summary>A token that goes beyond the string.</summary>
    /// <param name="Id">Its number.</param>
    /// <param name="Characters">How many characters of the string begin in it.</param>
    /// <param name="Rest">What comes after the closing quote.</param>
    internal readonly record struct Closing(int Id, int Characters, ReadOnlyMemory<byte> Rest);
}
