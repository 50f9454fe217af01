using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Planning;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>Cuts a unit that is too long for one completion at sentence ends; no tag is cut.</summary>
internal static class Pieces
{
    /// <summary>The pieces, which put together are the unit's text.</summary>
    public static IReadOnlyList<string> Of(string tagged, ILanguageModel model, int maxTokens)
    {
        int Cost(int start, int end) => model.CountTokens(tagged.AsSpan(start, end - start));
        if (Cost(0, tagged.Length) <= maxTokens) return [tagged];
        return [.. TextSplitter.Split(tagged, 0, tagged.Length, maxTokens, Cost).Select(range => tagged[range.Start..range.End])];
    }

    /// <summary>What is around the words: the model sees and returns the words only.</summary>
    public static (string Before, string Words, string After) Trim(string piece)
    {
        int start = piece.Length - piece.TrimStart().Length;
        int end = piece.TrimEnd().Length;
        return start >= end ? (piece, "", "") : (piece[..start], piece[start..end], piece[end..]);
    }

    /// <summary>Whether there is anything to translate.</summary>
    public static bool HasWords(string piece) => TaggedText.Plain(piece).Any(char.IsLetter);
}
