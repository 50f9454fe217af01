using System.Diagnostics;
using System.Text;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.EndToEnd.Tests;

public sealed class KilledWorkerTests(PipelineFixture pipeline)
{
    [Fact]
    public async Task Kill_WorkerInMidJob_AnotherFinishesAfterTheLockExpires()
    {
        var text = new StringBuilder("# Warehouse agreement\n\n");
        for (var line = 1; line <= 200; line++)
            text.AppendLine($"{line}. Shelf {line} holds {line * 7 % 97} boxes, checked in week {line % 52 + 1}.\n");
        var id = await pipeline.UploadAsync($"{TaskTypes.ContractAnalysis}/{Guid.NewGuid():n}.md", Encoding.UTF8.GetBytes(text.ToString()));
        var running = await pipeline.WaitForAsync(
            "a worker to be in the middle of the job",
            async () => await pipeline.FindAsync(id) is { State: JobState.Running, Progress.Done: > 0 } record ? record : null,
            TimeSpan.FromSeconds(150));

        // Both workers run on this machine: the name that a worker goes by ends with its process id.
        var victim = pipeline.Processes().Single(process => process.Key.StartsWith("worker", StringComparison.Ordinal) && running!.Worker!.EndsWith($"{process.Value}", StringComparison.Ordinal));
        using (var process = Process.GetProcessById(victim.Value)) process.Kill();
        var record = await pipeline.WaitForEndAsync(id, TimeSpan.FromSeconds(180));

        Assert.True(record.State == JobState.Succeeded, record.Error?.Message);
        Assert.True(record.Attempts >= 2);
        Assert.True(await pipeline.Container(ContainerNames.Results).GetBlobClient(BlobNames.Manifest(id)).ExistsAsync());
    }
}
