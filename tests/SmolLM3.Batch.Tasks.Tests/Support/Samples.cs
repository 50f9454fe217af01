using System.Text;

namespace SmolLM3.Batch.Tasks.Tests.Support;

internal static class Samples
{
    /// <summary>A short services agreement.</summary>
    public const string Agreement = """
        # Services Agreement

        This Services Agreement takes effect on January 15, 2025 and is made between Alpha Works Ltd. (the "Supplier") and Beta Retail GmbH (the "Customer").

        ## 1. Services

        1.1 The Supplier shall deliver the services described in `Schedule 1` within 30 days of each order.

        1.2 The Customer may audit the Supplier's records once a year on ten days' notice.

        1.3 The Supplier grants the Customer a non-exclusive licence to use the deliverables for its own business.

        ## 2. Fees

        2.1 The Customer shall pay **EUR 12,500** per month within 30 days of the invoice.

        2.2 Late payments bear interest of 8 percent a year.

        ## 3. Term

        3.1 The initial term is 24 months. The agreement renews automatically for 12 months unless a party gives notice 90 days before the end of the term.

        3.2 Either party may terminate this agreement without cause on 60 days' notice.

        ## 4. Liability

        4.1 Each party's liability is limited to the fees paid in the twelve months before the claim.

        4.2 Liability for gross negligence is without limit.

        ## 5. General

        5.1 A party may not assign this agreement without the other's consent.

        5.2 This agreement is governed by the laws of *England and Wales*.

        | Schedule | Item | Price |
        | --- | --- | --- |
        | 1 | Support | EUR 100 |
        """;

    /// <summary>A manual of so many pages, each a chapter of six paragraphs; its only clause is at the very end.</summary>
    public static string Manual(int pages)
    {
        var random = new Random(400);
        string[] words = "the party service report water station pressure valve record inspection annual operator measure safety pump schedule level limit repair notice".Split(' ');
        var text = new StringBuilder();
        for (int page = 1; page <= pages; page++)
        {
            if (page > 1) text.Append('\f');
            text.Append($"{page}. CHAPTER NUMBER {page}\n\n");
            for (int paragraph = 0; paragraph < 6; paragraph++)
            {
                for (int i = 0; i < 70; i++) text.Append(words[random.Next(words.Length)]).Append(i % 12 == 11 ? "\n" : " ");
                text.Append("end.\n\n");
            }
        }

        return text.Append("This manual is governed by the laws of Norway and by nothing else.\n").ToString();
    }
}
