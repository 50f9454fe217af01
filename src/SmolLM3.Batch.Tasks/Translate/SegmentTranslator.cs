using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Planning;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>
/// Translates units: equal pieces once, all in one batch; what loses a tag or a number is tried once more and otherwise kept as it was.
/// </summary>
internal sealed class SegmentTranslator(TaskContext context, TranslatePrompts prompts, TermTable terms)
{
    /// <summary>Where more pieces than this fail, the model cannot do it, and asking again is a waste.</summary>
    private const int FewFailures = 8;

    public async Task<IReadOnlyList<Segment>> TranslateAsync(IReadOnlyList<Unit> units, CancellationToken cancellationToken)
    {
        var budget = new ContextBudget(context.Model.Info);
        int pieceTokens = Math.Min((budget.Answer - 32) / 2, 600);
        var pieces = units.Select(unit => Pieces.Of(unit.Text, context.Model, pieceTokens)).ToList();
        var words = pieces.SelectMany(list => list).Where(Pieces.HasWords).Select(piece => Pieces.Trim(piece).Words).Distinct().ToList();

        var done = new Dictionary<string, PieceResult>(StringComparer.Ordinal);
        await TranslateAsync(words, done, secondAttempt: false, cancellationToken).ConfigureAwait(false);
        var failed = words.Where(piece => done[piece].Status != SegmentStatus.Translated).ToList();
        if (failed.Count > 0 && (failed.Count <= FewFailures || failed.Count * 2 <= words.Count))
        {
            await TranslateAsync(failed, done, secondAttempt: true, cancellationToken).ConfigureAwait(false);
        }

        return [.. units.Zip(pieces, (unit, list) => Join(unit, list, done))];
    }

    private async Task TranslateAsync(
        List<string> words, Dictionary<string, PieceResult> done, bool secondAttempt, CancellationToken cancellationToken)
    {
        var completions = await context.CompleteAsync(
            [.. words.Select(piece => Request(piece, secondAttempt))], cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < words.Count; i++)
        {
            var result = Judge(words[i], completions[i].Text);
            if (!done.TryGetValue(words[i], out var earlier) || result.Status < earlier.Status) done[words[i]] = result;
        }
    }

    private CompletionRequest Request(string words, bool secondAttempt) => new()
    {
        Messages = prompts.Piece(words, Fitting(terms.In(TaggedText.Plain(words))), secondAttempt ? Fidelity.MustKeep(words) : []),
        MaxTokens = 2 * context.Model.CountTokens(words) + 24,
        Stop = ["\n"],
    };

    /// <summary>Terms for which a small context has room.</summary>
    private IReadOnlyList<KeyValuePair<string, string>> Fitting(IReadOnlyList<KeyValuePair<string, string>> found)
    {
        int room = Math.Min(context.Model.Info.ContextLength / 8, 600);
        return [.. found.TakeWhile(term => (room -= context.Model.CountTokens(term.Key) + context.Model.CountTokens(term.Value) + 4) > 0)];
    }

    private static PieceResult Judge(string source, string answer)
    {
        string target = Unquoted(source, CleanText.OneLine(answer));
        if (Fidelity.Keeps(source, target)) return new PieceResult(SegmentStatus.Translated, target);
        string plain = TaggedText.WithoutPairs(target);
        return Fidelity.KeepsWithoutFormatting(source, target)
            ? new PieceResult(SegmentStatus.Unformatted, plain)
            : new PieceResult(SegmentStatus.Kept, source);
    }

    /// <summary>Models like to put their answer into quotation marks.</summary>
    private static string Unquoted(string source, string target) =>
        target.Length > 2 && target[0] is '"' or '“' or '«'
            && target[^1] is '"' or '”' or '»' && source[0] is not ('"' or '“' or '«' or '„')
            ? target[1..^1].Trim()
            : target;

    private static Segment Join(Unit unit, IReadOnlyList<string> pieces, Dictionary<string, PieceResult> done)
    {
        var status = SegmentStatus.Copied;
        var target = new List<string>();
        foreach (string piece in pieces)
        {
            if (!Pieces.HasWords(piece))
            {
                target.Add(piece);
                continue;
            }

            var (before, words, after) = Pieces.Trim(piece);
            var result = done[words];
            target.Add(before + result.Text + after);
            status = status == SegmentStatus.Copied || result.Status > status ? result.Status : status;
        }

        // A pair may open in one piece and close in another: only the whole tells whether it is in order.
        string joined = string.Concat(target);
        if (status == SegmentStatus.Kept) return new Segment(unit, null, SegmentStatus.Kept);
        if (status == SegmentStatus.Unformatted || !TaggedText.IsWellFormed(joined))
        {
            joined = TaggedText.WithoutPairs(joined);
            status = status == SegmentStatus.Copied ? status : SegmentStatus.Unformatted;
        }

        if (!TaggedText.IsWellFormed(joined)) return new Segment(unit, null, SegmentStatus.Kept);
        return new Segment(unit, status == SegmentStatus.Copied ? null : joined, status);
    }

    private readonly record struct PieceResult(SegmentStatus Status, string Text);
}
