using System.Buffers;
using System.Text;
using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Batch.Worker;

/// <summary>
/// Keeps documents from speaking as the chat template: text that spells a special token, such as <c>&lt;|im_end|&gt;</c>, gets an invisible
/// joiner behind its first character and is then ordinary text.
/// </summary>
internal sealed class SpecialTokenGuard
{
    private const char WordJoiner = '\u2060';

    private readonly SearchValues<string> _spellings;

    public SpecialTokenGuard(SmolLM3Tokenizer tokenizer)
    {
        var spellings = new List<string>();
        for (var id = 0; id < tokenizer.VocabularySize; id++)
        {
            if (tokenizer.IsSpecial(id))
                spellings.Add(Encoding.UTF8.GetString(tokenizer.GetTokenBytes(id).Span));
        }
        // What opens and closes turns and thoughts is guarded even where a tokenizer does not flag it as special.
        spellings.AddRange(["<|im_start|>", "<|im_end|>", "<think>", "</think>"]);
        _spellings = SearchValues.Create([.. spellings.Where(spelling => spelling.Length > 1).Distinct()], StringComparison.Ordinal);
    }

    public string Defuse(string text)
    {
        var at = text.AsSpan().IndexOfAny(_spellings);
        if (at < 0)
            return text;
        var defused = new StringBuilder(text.Length + 16);
        var rest = text.AsSpan();
        for (; at >= 0; at = rest.IndexOfAny(_spellings))
        {
            defused.Append(rest[..(at + 1)]).Append(WordJoiner);
            rest = rest[(at + 1)..];
        }
        return defused.Append(rest).ToString();
    }
}
