using System.Text.Json.Nodes;
using SmolLM3.Batch.Tasks.Evidence;
using SmolLM3.Batch.Tasks.Planning;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>Turns the answers about one chunk into findings, looking every quote up.</summary>
internal static class ContractAnswers
{
    public static ContractFindings Read(QuoteFinder quotes, Chunk chunk, JsonObject facts, JsonObject obligations, IEnumerable<JsonObject> clauses)
    {
        SourceSpan? Find(string quote) => quotes.Find(quote, chunk.ReadFrom, chunk.End);
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

    private static Obligation ReadObligation(JsonObject item, Func<string, SourceSpan?> find)
    {
        string quote = item.Text("quote");
        var source = find(quote);
        return new Obligation(item.Text("party"), item.Text("duty"), quote, source is not null, source);
    }

    private static (string Category, ClauseFinding Finding) ReadClause(JsonObject item, Func<string, SourceSpan?> find)
    {
        string quote = item.Text("quote");
        var source = find(quote);
        var risk = EnumText.Parse(item.Text("risk"), RiskLevel.Medium);
        return (item.Text("category"), new ClauseFinding(quote, source is not null, source, item.Text("reading"), risk, item.Text("reason")));
    }
}
