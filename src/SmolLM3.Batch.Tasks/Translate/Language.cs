namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>A language that can be translated from and to.</summary>
/// <param name="Code">ISO 639-1.</param>
/// <param name="Name">In English, as prompts call it.</param>
/// <param name="CommonWords">Words that tell it from the others.</param>
internal sealed record Language(string Code, string Name, IReadOnlyList<string> CommonWords)
{
    public static IReadOnlyList<Language> All { get; } =
    [
        new("en", "English", ["the", "of", "and", "to", "shall", "is", "by", "this", "with", "be", "or", "any", "for"]),
        new("fr", "French", ["le", "les", "et", "des", "du", "est", "une", "dans", "pour", "par", "la", "ou", "aux", "sur"]),
        new("es", "Spanish", ["el", "los", "y", "del", "las", "una", "por", "que", "con", "la", "en", "se", "su", "al"]),
        new("de", "German", ["der", "die", "und", "das", "des", "den", "ist", "von", "mit", "ein", "eine", "zu", "nicht", "im"]),
        new("it", "Italian", ["il", "di", "e", "della", "del", "gli", "che", "per", "una", "nel", "con", "dei", "alla", "la"]),
        new("pt", "Portuguese", ["o", "os", "e", "do", "da", "das", "dos", "que", "uma", "em", "para", "com", "não", "ao"]),
    ];

    public static Language Of(string code) => All.First(language => language.Code == code);

    /// <summary>The language whose common words make up most of the text; null where none is frequent enough to tell.</summary>
    public static Language? Detect(IEnumerable<string> texts)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        int words = 0;
        foreach (string word in texts.SelectMany(text => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Take(20_000))
        {
            string bare = word.Trim('.', ',', ';', ':', '(', ')', '"', '«', '»', '“', '”').ToLowerInvariant();
            counts[bare] = counts.GetValueOrDefault(bare) + 1;
            words++;
        }

        var (best, hits) = All.Select(
            language => (language, language.CommonWords.Sum(word => counts.GetValueOrDefault(word)))).MaxBy(found => found.Item2);
        return hits * 20 >= words && hits > 0 ? best : null;
    }
}
