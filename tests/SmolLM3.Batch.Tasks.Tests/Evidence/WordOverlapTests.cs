using SmolLM3.Batch.Tasks.Evidence;

namespace SmolLM3.Batch.Tasks.Tests.Evidence;

public class WordOverlapTests
{
    private const string Source = "The Customer pays EUR 12,500 each month and may terminate the agreement on ninety days' notice.";

    [Theory]
    [InlineData("Customers pay 12,500 monthly and can terminate with notice.", true)]
    [InlineData("Customers pay 13,500 monthly and can terminate with notice.", false)]
    [InlineData("The weather was pleasant throughout the northern provinces.", false)]
    [InlineData("Cus\u00ADtomers pay 12,500 month\u00ADly and can terminate with notice.", true)]
    [InlineData("ok", false)]
    public void Score_Sentence_IsEnoughOnlyIfTheSourceBearsItOut(string sentence, bool enough) =>
        Assert.Equal(enough, WordOverlap.Score(WordOverlap.Stems(sentence), WordOverlap.Stems(Source)) >= WordOverlap.Enough);
}
