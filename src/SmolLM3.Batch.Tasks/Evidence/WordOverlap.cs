using System.Text;

namespace SmolLM3.Batch.Tasks.Evidence;

/// <summary>Measures how far a sentence is borne out by a source: its content words and all of its numbers must stand there.</summary>
internal static class WordOverlap
{
    /// <summary>Share of a sentence's content words that a source must have.</summary>
    public const double Enough = 0.5;

    private const int StemLength = 5;

    /// <summary>Stems and numbers of a text.</summary>
    public static HashSet<string> Stems(ReadOnlySpan<char> text)
    {
        var stems = new HashSet<string>(StringComparer.Ordinal);
        var word = new StringBuilder();
        for (int i = 0; i <= text.Length; i++)
        {
            // A soft hyphen or a joiner stands within a word.
            if (i < text.Length && text[i] is '\u00AD' or '\u200B' or '\u200C' or '\u200D' or '\u2060') continue;
            if (i < text.Length && char.IsLetterOrDigit(text[i]))
            {
                if (NormalizedText.Ligature(text[i]) is { } letters) word.Append(letters);
                else word.Append(char.ToLowerInvariant(text[i]));
                continue;
            }

            if (word.Length >= 4 || (word.Length > 0 && char.IsDigit(word[0])))
            {
                bool number = char.IsDigit(word[0]);
                stems.Add(number ? word.ToString() : word.ToString(0, Math.Min(StemLength, word.Length)));
            }

            word.Clear();
        }

        return stems;
    }

    /// <summary>
    /// 0 to 1; 0 where a number of the sentence is missing from the source, or where the sentence says too little to judge.
    /// </summary>
    public static double Score(HashSet<string> sentence, HashSet<string> source)
    {
        if (sentence.Count < 2) return 0;
        int found = 0;
        foreach (string stem in sentence)
        {
            if (source.Contains(stem)) found++;
            else if (char.IsDigit(stem[0])) return 0;
        }

        return (double)found / sentence.Count;
    }
}
