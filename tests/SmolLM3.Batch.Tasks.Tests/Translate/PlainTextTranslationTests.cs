using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests.Translate;

public class PlainTextTranslationTests
{
    [Fact]
    public async Task Translate_Text_KeepsNumberingAndLayout()
    {
        const string Source =
            "THE AGREEMENT\n=============\n\n1.1 Delivery Terms\n\nThe goods arrive\nin 3 weeks.\n\n(a) first item\n(b) second item\n";
        const string Expected = "THEo AGREEMENTo\n=============\n\n1.1 Deliveryo Termso\n\nTheo goodso arriveo ino 3 weekso.\n\n(a) firsto itemo\n(b) secondo itemo\n";
        var result = await Given.RunAsync(
            new FakeModel(PseudoTranslator.Answer), await Given.DocumentAsync(Source, "a.txt"), TaskTypes.Translate,
            new JsonObject { ["source"] = "en", ["target"] = "it" });
        Assert.Equal(Expected, result.Text("translate.txt"));
    }
}
