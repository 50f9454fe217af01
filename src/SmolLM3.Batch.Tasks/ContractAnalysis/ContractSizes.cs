using SmolLM3.Batch.Tasks.Planning;

namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>
/// How long answers may be. A small context means a small model on a small machine: it answers briefly. Lists grow with what is read at
/// once, and are longer than most texts need: a model does not see where its list is cut off, and what it meant to write next spoils what
/// it writes. Lengths are in characters, and tokens are reckoned at three characters each, so that a bounded answer fits.
/// </summary>
internal sealed record ContractSizes(int Quote, int Reading, int Reason, int Clauses, int Facts, int Obligations)
{
    private const int JsonTokensPerItem = 40;

    /// <param name="budget">The model's context.</param>
    /// <param name="documentTokens">Tokens of the whole document.</param>
    public static ContractSizes For(ContextBudget budget, int documentTokens)
    {
        bool small = budget.Context < 16_384;
        int read = Math.Min(documentTokens, budget.Prefix);
        var sizes = small
            ? new ContractSizes(100, 50, 40, 3, 3, 2)
            : new ContractSizes(
                360, 160, 140, Math.Clamp(5 + read / 1500, 6, 9), Math.Clamp(7 + read / 1000, 8, 12), Math.Clamp(7 + read / 1000, 8, 12));

        // Whatever the context, the longest answer fits what every prompt leaves for it.
        while (sizes.LongestAnswer > budget.Answer && sizes.Clauses > 1)
        {
            sizes = sizes with { Clauses = sizes.Clauses - 1, Facts = Math.Max(1, sizes.Facts - 1), Obligations = Math.Max(1, sizes.Obligations - 1) };
        }

        return sizes;
    }

    /// <summary>Dates, renewal and governing law tend to stand together: their group has room for more.</summary>
    public int ClausesOf(ClauseGroup group) => group == ClauseGroup.Term ? Clauses + 2 : Clauses;

    public int ClauseTokens(ClauseGroup group) => 16 + ClausesOf(group) * (JsonTokensPerItem + (Quote + Reading + Reason) / 3);

    public int ObligationTokens => 16 + Obligations * (JsonTokensPerItem + (60 + Reading + Quote) / 3);

    public int FactTokens => 90 + Facts * (50 + (40 + 60 + 60) / 3);

    public int LongestAnswer => Math.Max(ClauseTokens(ClauseGroup.Term), Math.Max(ObligationTokens, FactTokens));
}
