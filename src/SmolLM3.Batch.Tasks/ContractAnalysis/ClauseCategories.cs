namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>CUAD's 41 categories.</summary>
internal static class ClauseCategories
{
    public const string DocumentName = "Document Name";
    public const string Parties = "Parties";
    public const string AgreementDate = "Agreement Date";
    public const string EffectiveDate = "Effective Date";
    public const string ExpirationDate = "Expiration Date";
    public const string RenewalTerm = "Renewal Term";
    public const string NoticePeriod = "Notice Period To Terminate Renewal";
    public const string GoverningLaw = "Governing Law";

    public static IReadOnlyList<ClauseCategory> All { get; } =
    [
        new(DocumentName, ClauseGroup.Identification, "title of the contract"),
        new(Parties, ClauseGroup.Identification, "who signs"),

        new(AgreementDate, ClauseGroup.Term, "date of the contract"),
        new(EffectiveDate, ClauseGroup.Term, "date it takes effect"),
        new(ExpirationDate, ClauseGroup.Term, "when the initial term ends"),
        new(RenewalTerm, ClauseGroup.Term, "renewal after the initial term"),
        new(NoticePeriod, ClauseGroup.Term, "notice needed to stop renewal"),
        new(GoverningLaw, ClauseGroup.Term, "which law applies"),

        new("Termination For Convenience", ClauseGroup.Exit, "ending it without cause"),
        new("Change Of Control", ClauseGroup.Exit, "rights if a party is sold or merged"),
        new("Anti-Assignment", ClauseGroup.Exit, "consent needed to assign"),
        new("Rofr/Rofo/Rofn", ClauseGroup.Exit, "right of first refusal, offer or negotiation"),
        new("Post-Termination Services", ClauseGroup.Exit, "duties after the end"),
        new("Third Party Beneficiary", ClauseGroup.Exit, "outsiders who may enforce it"),

        new("Most Favored Nation", ClauseGroup.Competition, "terms as good as any other customer's"),
        new("Non-Compete", ClauseGroup.Competition, "limits on competing"),
        new("Exclusivity", ClauseGroup.Competition, "exclusive dealing"),
        new("No-Solicit Of Customers", ClauseGroup.Competition, "no poaching of customers"),
        new("No-Solicit Of Employees", ClauseGroup.Competition, "no poaching of staff"),
        new("Competitive Restriction Exception", ClauseGroup.Competition, "exceptions to such limits"),
        new("Non-Disparagement", ClauseGroup.Competition, "no disparaging the other party"),

        new("Revenue/Profit Sharing", ClauseGroup.Commercial, "sharing revenue or profit"),
        new("Price Restrictions", ClauseGroup.Commercial, "limits on changing prices"),
        new("Minimum Commitment", ClauseGroup.Commercial, "minimum order or payment"),
        new("Volume Restriction", ClauseGroup.Commercial, "usage limits or overage fees"),
        new("Audit Rights", ClauseGroup.Commercial, "right to inspect books or sites"),
        new("Warranty Duration", ClauseGroup.Commercial, "how long a warranty lasts"),
        new("Insurance", ClauseGroup.Commercial, "insurance to be kept"),

        new("Ip Ownership Assignment", ClauseGroup.IntellectualProperty, "created IP passes to the other party"),
        new("Joint Ip Ownership", ClauseGroup.IntellectualProperty, "shared ownership of IP"),
        new("License Grant", ClauseGroup.IntellectualProperty, "a licence is granted"),
        new("Non-Transferable License", ClauseGroup.IntellectualProperty, "licence may not be transferred"),
        new("Affiliate License-Licensor", ClauseGroup.IntellectualProperty, "licensor's affiliates' IP included"),
        new("Affiliate License-Licensee", ClauseGroup.IntellectualProperty, "licensee's affiliates may use it"),
        new("Unlimited/All-You-Can-Eat-License", ClauseGroup.IntellectualProperty, "unlimited use"),
        new("Irrevocable Or Perpetual License", ClauseGroup.IntellectualProperty, "licence without end"),
        new("Source Code Escrow", ClauseGroup.IntellectualProperty, "source code held by a third party"),

        new("Uncapped Liability", ClauseGroup.Liability, "liability without limit"),
        new("Cap On Liability", ClauseGroup.Liability, "limit of liability or of time to claim"),
        new("Liquidated Damages", ClauseGroup.Liability, "fixed damages or termination fee"),
        new("Covenant Not To Sue", ClauseGroup.Liability, "promise not to sue or contest IP"),
    ];

    /// <summary>The groups that are asked about, in the order of the report.</summary>
    public static IReadOnlyList<ClauseGroup> Asked { get; } =
    [
        ClauseGroup.Term, ClauseGroup.Exit, ClauseGroup.Competition, ClauseGroup.Commercial, ClauseGroup.IntellectualProperty,
        ClauseGroup.Liability,
    ];

    public static IReadOnlyList<ClauseCategory> Of(ClauseGroup group) => [.. All.Where(category => category.Group == group)];

    public static ClauseCategory? Find(string name) =>
        All.FirstOrDefault(category => string.Equals(category.Name, name.Trim(), StringComparison.OrdinalIgnoreCase));
}
