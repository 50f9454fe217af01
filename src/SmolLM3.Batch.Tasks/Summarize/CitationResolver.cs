using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Tasks.Evidence;

namespace SmolLM3.Batch.Tasks.Summarize;

/// <summary>
/// Checks a point against the paragraphs it cites. Where they do not bear it out, the paragraph of the document that does best is cited
/// instead; where none does, the point keeps its citations and is not verified.
/// </summary>
internal sealed class CitationResolver
{
    private readonly Document _document;
    private readonly QuoteFinder _quotes;
    private readonly HashSet<string>[] _stems;
    private readonly Dictionary<string, List<int>> _blocksByStem = new(StringComparer.Ordinal);

    public CitationResolver(Document document, QuoteFinder quotes)
    {
        _document = document;
        _quotes = quotes;
        _stems = [.. document.Blocks.Select(block => WordOverlap.Stems(document.TextOf(block)))];
        for (int i = 0; i < _stems.Length; i++)
        {
            foreach (string stem in _stems[i])
            {
                if (!_blocksByStem.TryGetValue(stem, out var blocks)) _blocksByStem[stem] = blocks = [];
                blocks.Add(i);
            }
        }
    }

    public CitedPoint Resolve(SummaryPoint point)
    {
        var sentence = WordOverlap.Stems(point.Text);
        var cited = new HashSet<string>(point.Paragraphs.SelectMany(paragraph => _stems[paragraph - 1]), StringComparer.Ordinal);
        if (WordOverlap.Score(sentence, cited) >= WordOverlap.Enough) return Cite(point.Text, true, point.Paragraphs);
        return Best(sentence) is { } better ? Cite(point.Text, true, [better + 1]) : Cite(point.Text, false, point.Paragraphs);
    }

    private int? Best(HashSet<string> sentence)
    {
        var hits = new Dictionary<int, int>();
        foreach (string stem in sentence)
        {
            foreach (int block in _blocksByStem.GetValueOrDefault(stem) ?? []) hits[block] = hits.GetValueOrDefault(block) + 1;
        }

        int best = -1;
        double bestScore = 0;
        foreach (int block in hits.Where(hit => hit.Value >= 2).OrderByDescending(hit => hit.Value).ThenBy(hit => hit.Key).Take(16).Select(hit => hit.Key))
        {
            double score = WordOverlap.Score(sentence, _stems[block]);
            if (score > bestScore) (best, bestScore) = (block, score);
        }

        return bestScore >= WordOverlap.Enough ? best : null;
    }

    private CitedPoint Cite(string text, bool verified, IReadOnlyList<int> paragraphs) => new(
        text,
        verified,
        [.. paragraphs.Order().Select(paragraph => _document.Blocks[paragraph - 1]).Select(block => _quotes.Span(block.Start, block.End))]);
}
