using Microsoft.Extensions.Configuration;
using SmolLM3.Batch.Documents;

namespace SmolLM3.Batch.Pipeline.Tests.Work;

public class DocumentLimitsTests
{
    [Fact]
    public void Limits_OfTheConfiguration_AreTaken()
    {
        var limits = PipelineServiceCollectionExtensions.Limits(
            Configuration(
                ("Documents:MaxCharacters", "1234"), ("Documents:Timeout", "00:00:05"),
                ("Documents:PdfToText", "/opt/pdftotext")), new OutboundOptions { MaxDocumentBytes = 77 });
        Assert.Equal(
            new DocumentLimits { MaxCharacters = 1234, Timeout = TimeSpan.FromSeconds(5), PdfToText = "/opt/pdftotext", MaxBytes = 77 },
            limits);
    }

    [Fact]
    public void Limits_NotConfigured_AreTheDefaults() =>
        Assert.Equal(new DocumentLimits(), PipelineServiceCollectionExtensions.Limits(Configuration(), new OutboundOptions()));

    [Fact]
    public void Limits_ThatMakeNoSense_AreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => PipelineServiceCollectionExtensions.Limits(Configuration(("Documents:MaxDepth", "0")), new OutboundOptions()));

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
}
