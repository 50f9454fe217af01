using System.Text;
using System.Text.Json;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.EndToEnd.Tests;

public sealed class UploadDoorTests(PipelineFixture pipeline)
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes(
        "# Notice\n\nThe office is closed on Monday. Deliveries go to the warehouse at 4 Quay Street.\n");

    [Fact]
    public async Task Upload_TaskFolder_EndsInAManifestWithEveryFileItNames()
    {
        var id = await pipeline.UploadAsync($"summarize/{Guid.NewGuid():n}.md", Text);

        var record = await pipeline.WaitForEndAsync(id);

        Assert.True(record.State == JobState.Succeeded, record.Error?.Message);
        var results = pipeline.Container(ContainerNames.Results);
        var manifest = JsonSerializer.Deserialize(
            (await results.GetBlobClient(BlobNames.Manifest(id)).DownloadContentAsync()).Value.Content, BatchJson.Default.Manifest)!;
        Assert.Equal(id, manifest.JobId);
        Assert.True(manifest.Usage is { PromptTokens: > 0, CompletionTokens: > 0 });
        var files = manifest.Tasks.SelectMany(task => task.Files).ToList();
        Assert.Contains("summarize.json", files.Select(file => file.Name));
        foreach (var file in files) Assert.True(await results.GetBlobClient(BlobNames.Result(id, file.Name)).ExistsAsync(), file.Name);
    }

    [Fact]
    public async Task Upload_Sidecar_SaysWhatToDo()
    {
        var name = $"archive/{Guid.NewGuid():n}.txt";
        await pipeline.UploadAsync(BlobNames.Sidecar(name), Encoding.UTF8.GetBytes(
            """{"tasks":[{"type":"prompt","options":{"instructions":"Name the street."}}],"metadata":{"team":"facilities"}}"""));

        var record = await pipeline.WaitForEndAsync(await pipeline.UploadAsync(name, Text));

        Assert.True(record.State == JobState.Succeeded, record.Error?.Message);
        Assert.Equal(TaskTypes.Prompt, Assert.Single(record.Tasks).Type);
        Assert.Equal("facilities", record.Metadata["team"]);
    }

    [Theory]
    [InlineData("", "no text")]
    [InlineData("\0\u0001\u0002\u0003\0\0\u0007binary\0\0\0\0", "text")]
    public async Task Upload_NothingToRead_FailsAndSaysWhy(string content, string cause)
    {
        var record = await pipeline.WaitForEndAsync(
            await pipeline.UploadAsync($"summarize/{Guid.NewGuid():n}.md", Encoding.Latin1.GetBytes(content)));

        Assert.Equal(JobState.Failed, record.State);
        Assert.Contains(cause, record.Error!.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Upload_UnknownTaskInMetadata_FailsAndNamesTheTasks()
    {
        var record = await pipeline.WaitForEndAsync(
            await pipeline.UploadAsync($"{Guid.NewGuid():n}.md", Text, new() { ["task"] = "summarise" }));

        Assert.Equal(JobState.Failed, record.State);
        Assert.Contains("summarise", record.Error!.Message);
        Assert.Contains(TaskTypes.Summarize, record.Error.Message);
    }

    [Fact]
    public async Task Drop_FileIntoTheFolderByHand_IsReadLikeAnUpload()
    {
        var name = $"{Guid.NewGuid():n}.md";
        var folder = Path.Combine(pipeline.State, "blobs", ContainerNames.Documents, TaskTypes.Summarize);
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, name), Text);

        var blob = pipeline.Container(ContainerNames.Documents).GetBlobClient($"{TaskTypes.Summarize}/{name}");
        var etag = await pipeline.WaitForAsync(
            "the dropped file to become a blob",
            async () => await blob.ExistsAsync() ? (await blob.GetPropertiesAsync()).Value.ETag.ToString() : null,
            TimeSpan.FromSeconds(30));
        var record = await pipeline.WaitForEndAsync(JobId.ForUpload(blob.Name, etag!));

        Assert.True(record.State == JobState.Succeeded, record.Error?.Message);
    }
}
