using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;
using static SmolLM3.Batch.Pipeline.Tests.Batches.BatchSteps;

namespace SmolLM3.Batch.Pipeline.Tests.Batches;

public class BatchServiceTests
{
    private static readonly (string, string)[] SmallShards = [("Batches:ShardLines", "3")];

    [Fact]
    public async Task Batch_WithBadLines_AnswersTheOthersInOrder()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel(), settings: SmallShards);
        var lines = new List<string>();
        for (var i = 0; i < 8; i++)
            lines.Add(Line($"r{i}", $"question {i}"));
        lines.Insert(2, "this is broken");
        lines.Insert(5, "");
        lines.Add(Line("r1", "again"));
        lines.Add("""{"custom_id":"n2","method":"POST","url":"/v1/chat/completions","body":{"messages":[{"role":"user","content":"x"}],"n":2}}""");

        var batch = await RunAsync(process, string.Join('\n', lines));

        Assert.Equal(BatchState.Completed, batch.State);
        Assert.Equal(4, batch.Shards.Count);
        var output = await ReadAsync(process, batch.OutputFileId);
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"r{i}"), output.Select(line => (string?)line["custom_id"]));
        Assert.All(output, line => Assert.Equal(200, (int)line["response"]!["status_code"]!));
        Assert.Equal("chat.completion", (string?)output[0]["response"]!["body"]!["object"]);
        var errors = await ReadAsync(process, batch.ErrorFileId);
        Assert.Equal([null, "r1", "n2"], errors.Select(line => (string?)line["custom_id"]));
        Assert.Equal(("invalid_json_line", 3), ((string?)errors[0]["error"]!["code"], (int)errors[0]["error"]!["line"]!));
        Assert.Equal("duplicate_custom_id", (string?)errors[1]["response"]!["body"]!["error"]!["code"]);
        Assert.Equal("n", (string?)errors[2]["response"]!["body"]!["error"]!["param"]);
        Assert.Equal((8, 3), (batch.Shards.Sum(shard => shard.Completed), batch.Shards.Sum(shard => shard.Failed)));
        Assert.Empty(await stack.BlobNamesAsync(ContainerNames.Jobs, BlobNames.ActiveBatchesPrefix));
    }

    [Fact]
    public async Task Batch_LinesAboutOneDocument_SayWhatTheyShare()
    {
        await using var stack = await LocalStack.StartAsync();
        var model = new FakeModel();
        var process = stack.Process(model);
        var document = string.Join('\n', Enumerable.Range(0, 100).Select(i => $"{i}. The tenant pays rent."));
        var lines = Enumerable.Range(0, 4).Select(i => Line($"r{i}", $"{document}\nquestion {i}")).Append("this is broken")
            .Append(Line("other", "Hello"));

        await RunAsync(process, string.Join('\n', lines));

        var shared = model.Requests.ToDictionary(request => request.Messages[^1].Content.Split(' ')[^1], request => request.SharedContent);
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal($"{document}\nquestion".Length, shared[$"{i}"]));
        Assert.Equal(0, shared["Hello"]);
    }

    [Fact]
    public async Task Batch_EveryHandlerRunTwice_IsTheSameBatch()
    {
        await using var stack = await LocalStack.StartAsync();
        var model = new FakeModel();
        var process = stack.Process(model, settings: SmallShards);
        var batch = await CreateAsync(process, string.Join('\n', Enumerable.Range(0, 4).Select(i => Line($"r{i}", $"q{i}"))));
        await PlanAsync(process, batch.Id);
        await PlanAsync(process, batch.Id);
        Assert.Equal(2, (await stack.PeekAsync(QueueNames.Work)).Count);
        for (var round = 0; round < 2; round++)
        {
            foreach (var message in await stack.PeekAsync(QueueNames.Work))
                Assert.Equal(Settlement.Complete, await process.WorkAsync(message.MessageId, round + 1));
            foreach (var message in await stack.PeekAsync(QueueNames.Events))
            {
                Assert.Equal(batch.Id, message.SessionId);
                Assert.Equal(Settlement.Complete, await process.GetRequiredService<EventHandling>().HandleAsync(Delivery.From(message)));
            }
        }
        batch = (await process.GetRequiredService<BatchStore>().FindAsync(batch.Id))!;
        Assert.Equal((BatchState.Completed, 4), (batch.State, model.Calls));
        Assert.Equal(4, (await ReadAsync(process, batch.OutputFileId)).Count);
        Assert.Null(batch.ErrorFileId);
        Assert.Equal(2, (await process.GetRequiredService<FileStore>().ListAsync()).Count);
    }

    [Fact]
    public async Task Batch_EndedByManyAtOnce_IsTheSameBatch()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel(), time: TimeProvider.System, settings: SmallShards);
        var batch = await CreateAsync(
            process, string.Join('\n', Enumerable.Range(0, 5).Select(i => Line($"r{i}", $"q{i}")).Append("this is broken")));
        await PlanAsync(process, batch.Id);
        foreach (var shard in (await process.GetRequiredService<BatchStore>().FindAsync(batch.Id))!.Shards)
            await process.WorkAsync(shard.JobId.ToString());
        var service = process.GetRequiredService<BatchService>();

        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => service.AdvanceAsync(batch.Id))));

        batch = (await process.GetRequiredService<BatchStore>().FindAsync(batch.Id))!;
        Assert.Equal(BatchState.Completed, batch.State);
        Assert.Equal(5, (await ReadAsync(process, batch.OutputFileId)).Count);
        Assert.Single(await ReadAsync(process, batch.ErrorFileId));
    }

    [Fact]
    public async Task Batch_Cancelled_AnswersWhatWasDoneAndSaysWhatWasNot()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel(), settings: SmallShards);
        var batch = await CreateAsync(process, string.Join('\n', Enumerable.Range(0, 6).Select(i => Line($"r{i}", $"q{i}"))));
        await PlanAsync(process, batch.Id);
        await process.WorkAsync((await stack.PeekAsync(QueueNames.Work))[0].MessageId);
        var cancelled = await process.GetRequiredService<BatchService>().CancelAsync(batch.Id);
        Assert.True(cancelled!.CancelRequested);
        await process.GetRequiredService<BatchService>().AdvanceAsync(batch.Id);

        batch = (await process.GetRequiredService<BatchStore>().FindAsync(batch.Id))!;
        Assert.Equal(BatchState.Cancelled, batch.State);
        Assert.Equal(["r0", "r1", "r2"], (await ReadAsync(process, batch.OutputFileId)).Select(line => (string?)line["custom_id"]));
        var errors = await ReadAsync(process, batch.ErrorFileId);
        Assert.Equal(["r3", "r4", "r5"], errors.Select(line => (string?)line["custom_id"]));
        Assert.All(errors, line => Assert.Equal("batch_cancelled", (string?)line["error"]!["code"]));
    }

    /// <summary>A plan that came to nothing has admitted some shards; the next one, after the cancellation, must not forget them.</summary>
    [Fact]
    public async Task Batch_CancelledWhenHalfPlanned_EndsItsShardsAndKeepsTheirAnswers()
    {
        await using var stack = await LocalStack.StartAsync();
        var content = string.Join('\n', Enumerable.Range(0, 12).Select(i => Line($"r{i}", $"q{i}")));
        var batch = await CreateAsync(stack.Process(settings: SmallShards), content);
        var first = stack.Process(new FakeModel(), new CrashPlan(crashAt: 8, afterEffect: true), settings: SmallShards);
        await Assert.ThrowsAsync<CrashException>(() => first.GetRequiredService<BatchService>().PlanAsync(batch.Id));
        var admitted = await stack.PeekAsync(QueueNames.Work);
        Assert.InRange(admitted.Count, 2, 3);
        var process = stack.Process(new FakeModel(), settings: SmallShards);
        await process.WorkAsync(admitted[0].MessageId);

        await process.GetRequiredService<BatchService>().CancelAsync(batch.Id);
        await PlanAsync(process, batch.Id);

        batch = (await process.GetRequiredService<BatchStore>().FindAsync(batch.Id))!;
        Assert.Equal(BatchState.Cancelled, batch.State);
        Assert.Equal(["r0", "r1", "r2"], (await ReadAsync(process, batch.OutputFileId)).Select(line => (string?)line["custom_id"]));
        Assert.Equal(9, (await ReadAsync(process, batch.ErrorFileId)).Count);
        Assert.Equal(JobState.Cancelled, (await process.RecordAsync(admitted[1].MessageId)).State);
    }

    [Fact]
    public async Task Create_QueueAway_IsCreatedAndPlannedLater()
    {
        await using var stack = await LocalStack.StartAsync();
        // Markers have the storage's time.
        stack.Time.Advance(TimeProvider.System.GetUtcNow() - stack.Time.GetUtcNow());
        var process = stack.Process(sender: new FlakySender(stack.Bus, takes: 0));

        var batch = await CreateAsync(process, Line("r0", "q"));

        stack.Time.Advance(TimeSpan.FromHours(1));
        await stack.Process().GetRequiredService<Reconciler>().RunAsync();
        batch = (await process.GetRequiredService<BatchStore>().FindAsync(batch.Id))!;
        Assert.Equal(BatchState.InProgress, batch.State);
    }

    [Fact]
    public async Task Batch_WindowPassed_Expires()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel(), settings: SmallShards);
        var batch = await CreateAsync(process, Line("r0", "q"));
        await PlanAsync(process, batch.Id);
        stack.Time.Advance(TimeSpan.FromHours(25));
        await process.GetRequiredService<Reconciler>().RunAsync();
        await process.GetRequiredService<BatchService>().AdvanceAsync(batch.Id);
        batch = (await process.GetRequiredService<BatchStore>().FindAsync(batch.Id))!;
        Assert.Equal((BatchState.Expired, null), (batch.State, batch.OutputFileId));
        Assert.Equal("batch_expired", (string?)Assert.Single(await ReadAsync(process, batch.ErrorFileId))["error"]!["code"]);
    }

    [Fact]
    public async Task Batch_NeverPlanned_ExpiresWithItsWindow()
    {
        await using var stack = await LocalStack.StartAsync();
        // Markers have the storage's time.
        stack.Time.Advance(TimeProvider.System.GetUtcNow() - stack.Time.GetUtcNow());
        var process = stack.Process();
        var batch = await CreateAsync(process, Line("r0", "q"));
        // Its input cannot be read, as where a key vault or a firewall is in the way: every plan fails.
        await stack.Blobs.GetBlobContainerClient(ContainerNames.Jobs).GetBlobClient(BlobNames.FileRecord(batch.InputFileId))
            .UploadAsync(BinaryData.FromString("damaged"), overwrite: true);
        stack.Time.Advance(TimeSpan.FromMinutes(3));
        await process.GetRequiredService<Reconciler>().RunAsync();
        Assert.Equal(BatchState.Validating, (await process.GetRequiredService<BatchStore>().FindAsync(batch.Id))!.State);
        stack.Time.Advance(TimeSpan.FromHours(24));
        await process.GetRequiredService<Reconciler>().RunAsync();
        Assert.Equal(BatchState.Expired, (await process.GetRequiredService<BatchStore>().FindAsync(batch.Id))!.State);
        Assert.Empty(await stack.BlobNamesAsync(ContainerNames.Jobs, BlobNames.ActiveBatchesPrefix));
    }

    [Theory]
    [InlineData("", "empty_file")]
    [InlineData("\n\n  \n", "empty_file")]
    public async Task Batch_EmptyFile_Fails(string content, string code)
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        var batch = await CreateAsync(process, content);
        await PlanAsync(process, batch.Id);
        batch = (await process.GetRequiredService<BatchStore>().FindAsync(batch.Id))!;
        Assert.Equal((BatchState.Failed, code), (batch.State, Assert.Single(batch.Errors).Code));
    }

    [Fact]
    public async Task JsonLines_AnyCut_GivesTheSameLines()
    {
        var random = new Random(2);
        for (var run = 0; run < 200; run++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(20)).Select(
                _ => new string((char)('a' + random.Next(26)), random.Next(30)) + (random.Next(3) == 0 ? "\r\n" : "\n")));
            if (random.Next(2) == 0)
                text = text.TrimEnd('\n');
            var expected = text.Split('\n').Select(line => line.Trim()).ToList();
            if (text.EndsWith('\n') || text.Length == 0)
                expected.RemoveAt(expected.Count - 1);
            var lines = new List<JsonLine>();
            await foreach (var line in JsonLines.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), 25))
                lines.Add(line);
            Assert.Equal(expected.Count, lines.Count);
            Assert.Equal(text.Length, lines.Sum(line => line.Length));
            for (var i = 0; i < lines.Count; i++)
            {
                Assert.Equal(i + 1, lines[i].Number);
                Assert.Equal(lines.Take(i).Sum(line => line.Length), lines[i].Offset);
                Assert.Equal(lines[i].Length > 25, lines[i].TooLong);
                if (!lines[i].TooLong)
                    Assert.Equal(expected[i], Encoding.UTF8.GetString(lines[i].Content.Span));
            }
        }
    }
}
