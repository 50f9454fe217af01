using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.EndToEnd.Tests;

/// <summary>Uploads by the official client for JavaScript start jobs as those of .NET do.</summary>
public sealed class StorageClientTests(PipelineFixture pipeline)
{
    [Fact]
    public async Task Upload_WholeAndInBlocks_StartsJobs()
    {
        var (whole, streamed) = ($"{Guid.NewGuid():n}.md", $"{TaskTypes.Summarize}/{Guid.NewGuid():n}.md");

        var etags = await Node.RunAsync("upload.mjs", "@azure/storage-blob", "12.34.0", pipeline.Storage, whole, streamed);

        foreach (var (name, etag) in new[] { (whole, "first"), (streamed, "second") })
        {
            var record = await pipeline.WaitForEndAsync(JobId.ForUpload(name, etags.GetProperty(etag).GetString()!));
            Assert.True(record.State == JobState.Succeeded, record.Error?.Message);
        }
    }
}
