using System.Text.Json.Nodes;
using SmolLM3.Batch.Tasks.Evidence;
using SmolLM3.Batch.Tasks.Planning;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>Turns the answers about one chunk into findings, looking every quote up.</summary>
internal static class ContractAnswers
{
    /// <summary>No token is longer than this but for runs of blanks and marks.</summary>
    private const int LongestToken = 16;

    /// <summary>The findings of one chunk; its schema cuts a quote at <paramref name="quoteLimit"/> characters.</summary>
    public static ContractFindings Read(
        QuoteFinder quotes, Chunk chunk, int quoteLimit, JsonObject facts, JsonObject obligations, IEnumerable<JsonObject> clauses)
    {
        (string, SourceSpan?) Find(string quote) => FindQuote(quotes, chunk, quote, quoteLimit);
        SourceSpan? FindName(string name) => quotes.FindName(name, chunk.ReadFrom, chunk.End);

        return new ContractFindings(
            ContractPrompts.DocumentTypes.FirstOrDefault(type => type == facts.Text("documentType")),
            facts.Text("title"),
            [.. facts.Items("parties").Select(item => ReadParty(item, FindName)).Where(party => party.Name.Length > 0)],
            [.. facts.Items("amounts").Select(item => ReadAmount(item, FindName)).Where(amount => amount.Quote.Any(char.IsDigit))],
            [.. obligations.Items("obligations").Select(item => ReadObligation(item, Find)).Where(obligation => obligation.Duty.Length > 0)],
            [.. clauses.SelectMany(answer => answer.Items("clauses")).Select(item => ReadClause(item, Find)).Where(clause => clause.Finding.Quote.Length > 0)]);
    }

    private static Party ReadParty(JsonObject item, Func<string, SourceSpan?> find)
    {
        string name = item.Text("name");
        var source = find(name);
        return new Party(name, item.Text("role"), source is not null, source);
    }

    private static Amount ReadAmount(JsonObject item, Func<string, SourceSpan?> find)
    {
        string quote = item.Text("quote");
        var source = find(quote);
        return new Amount(quote, item.Text("purpose"), source is not null, source);
    }

    // Near the limit no whole word fits any more, and the last tokens are whatever still does: the quote ends before them.
    private static (string Quote, SourceSpan? Source) FindQuote(QuoteFinder quotes, Chunk chunk, string quote, int limit)
    {
        var source = quotes.Find(quote, chunk.ReadFrom, chunk.End);
        for (int end = quote.Length; source is null && quote.Length > limit - LongestToken;)
        {
            end = quote.LastIndexOf(' ', end - 1);
            if (end < quote.Length - LongestToken) break;
            if (quotes.Find(quote[..end], chunk.ReadFrom, chunk.End) is { } found) return (quote[..end], found);
        }

        return (quote, source);
    }

    private static Obligation ReadObligation(JsonObject item, Func<string, (string, SourceSpan?)> find)
    {
        var (quote, source) = find(item.Text("quote"));
        return new Obligation(item.Text("party"), item.Text("duty"), quote, source is not null, source);
    }

    private static (string Category, ClauseFinding Finding) ReadClause(JsonObject item, Func<string, (string, SourceSpan?)> find)
    {
        var (quote, source) = find(item.Text("quote"));
        var risk = EnumText.Parse(item.Text("risk"), RiskLevel.Medium);
        return (
            item.Text("category"), new ClauseFinding(quote, source is not null, source, item.Text("reading"), risk, item.Text("reason")));
    }
}
