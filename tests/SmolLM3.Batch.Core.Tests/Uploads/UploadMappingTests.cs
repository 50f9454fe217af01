using System.Text;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Uploads;

namespace SmolLM3.Batch.Core.Tests.Uploads;

public class UploadMappingTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public void Map_TaskFolder_NamesTheTask()
    {
        var request = UploadMapping.Map("contract-analysis/2026/nda.pdf", None, null)!;
        Assert.Equal("contract-analysis/2026/nda.pdf", request.Document);
        Assert.Equal("contract-analysis", Assert.Single(request.Tasks).Type);
    }

    [Theory]
    [InlineData("nda.pdf")]
    [InlineData("2026/nda.pdf")]
    [InlineData("summarize")]
    [InlineData("summarize/nda.pdf.job.json")]
    public void Map_SaysNothing_IsOnlyStored(string blob) => Assert.Null(UploadMapping.Map(blob, None, null));

    [Theory]
    [InlineData("summarise/nda.pdf", "summarize")]
    [InlineData("contract_analysis/nda.pdf", "contract-analysis")]
    [InlineData("Translate/nda.pdf", "translate")]
    public void Map_MisspeltFolder_IsRefusedWithASuggestion(string blob, string meant) =>
        Assert.Contains(
            $"Did you mean '{meant}'?", Assert.Throws<InvalidRequestException>(() => UploadMapping.Map(blob, None, null)).Message);

    [Fact]
    public void Map_MetadataOverFolder_SidecarOverBoth()
    {
        var metadata = new Dictionary<string,
        string> { ["Task"] = "translate", ["task_options"] = """{"target":"fr"}""", ["priority"] = "low", ["author"] = "x" };
        var byMetadata = UploadMapping.Map("summarize/a.md", metadata, null)!;
        Assert.Equal("translate", Assert.Single(byMetadata.Tasks).Type);
        Assert.Equal("fr", (string?)byMetadata.Tasks[0].Options!["target"]);
        Assert.Equal(JobPriority.Low, byMetadata.Priority);

        var bySidecar = UploadMapping.Map("summarize/a.md", metadata, """{"tasks":[{"type":"prompt"}]}"""u8.ToArray())!;
        Assert.Equal("prompt", Assert.Single(bySidecar.Tasks).Type);
        Assert.Equal(JobPriority.Normal, bySidecar.Priority);
    }

    [Fact]
    public void Map_SeveralTasksInMetadata_AreAllTaken() => Assert.Equal(
        ["summarize", "translate"],
        UploadMapping.Map(
            "a.md", new Dictionary<string, string> { ["task"] = "summarize, translate" }, null)!.Tasks.Select(task => task.Type));

    [Theory]
    [InlineData("task", "summarise", "metadata tasks[0].type")]
    [InlineData("task", "", "metadata tasks")]
    public void Map_WrongMetadata_SaysSo(string key, string value, string expected) => Assert.Contains(
        expected, Assert.Throws<InvalidRequestException>(
            () => UploadMapping.Map("a.md", new Dictionary<string, string> { [key] = value }, null)).Message);

    [Fact]
    public void Map_BrokenSidecar_SaysSo() => Assert.StartsWith(
        "sidecar", Assert.Throws<InvalidRequestException>(() => UploadMapping.Map("a.md", None, Encoding.UTF8.GetBytes("{"))).Message);

    [Theory]
    [InlineData("""{"eventType":"Microsoft.Storage.BlobCreated","subject":"/blobServices/default/containers/documents/blobs/summarize/a b.pdf","data":{"eTag":"0x1"}}""")]
    [InlineData("""[{"type":"Microsoft.Storage.BlobCreated","specversion":"1.0","subject":"/blobServices/default/containers/documents/blobs/summarize/a b.pdf","data":{"eTag":"\"0x1\""}}]""")]
    public void UploadEvent_BothSchemas_AreRead(string json) =>
        Assert.Equal(new UploadEvent("documents", "summarize/a b.pdf", "0x1"), UploadEvent.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void UploadEvent_BlobNamedLikeAPath_KeepsItsName() => Assert.Equal(
        "x/containers/y/blobs/z.md",
        UploadEvent.Read("""{"type":"Microsoft.Storage.BlobCreated","subject":"/blobServices/default/containers/documents/blobs/x/containers/y/blobs/z.md","data":{"eTag":"1"}}"""u8.ToArray())!.Blob);

    [Fact]
    public void UploadEvent_OtherType_IsNone() =>
        Assert.Null(UploadEvent.Read("""{"type":"Microsoft.Storage.BlobDeleted","subject":"x","data":{}}"""u8.ToArray()));

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("5")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":"Microsoft.Storage.BlobCreated"}""")]
    [InlineData("""{"type":"Microsoft.Storage.BlobCreated","subject":"/containers/documents","data":{"eTag":"1"}}""")]
    [InlineData("""{"type":"Microsoft.Storage.BlobCreated","subject":"/containers/documents/blobs/","data":{"eTag":"1"}}""")]
    [InlineData("""{"type":"Microsoft.Storage.BlobCreated","subject":"/containers/documents/blobs/a","data":{}}""")]
    [InlineData("""{"type":"Microsoft.Storage.BlobCreated","subject":"/containers/documents/blobs/a","data":5}""")]
    public void UploadEvent_NoEvent_IsRefused(string json) =>
        Assert.Throws<InvalidRequestException>(() => UploadEvent.Read(Encoding.UTF8.GetBytes(json)));
}
