using System.Text.Json;
using System.Text.RegularExpressions;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Infrastructure.Tests;

/// <summary>What Bicep creates is what the code expects.</summary>
public sealed partial class ContractTests
{
    [Fact]
    public void Queues_AreThoseOfTheCode()
    {
        Assert.Equal(QueueNames.All.Order(), Queues().Select(queue => queue.Name).Order());
        Assert.Contains($"queueName: '{QueueNames.Work}'", BicepFile.Main.Text, StringComparison.Ordinal);
        Assert.Contains(
            $"namespace.name, '{QueueNames.Uploads}')", BicepFile.Named("modules/service-bus.bicep").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Queues_LockLongest_DetectDuplicates_AndKeepWhatExpires()
    {
        string bus = BicepFile.Named("modules/service-bus.bicep").Text;

        Assert.Contains("lockDuration: 'PT5M'", bus, StringComparison.Ordinal);
        Assert.Contains("requiresDuplicateDetection: true", bus, StringComparison.Ordinal);
        Assert.Contains("deadLetteringOnMessageExpiration: true", bus, StringComparison.Ordinal);
        Assert.Equal([QueueNames.Events], Queues().Where(queue => queue.Sessions).Select(queue => queue.Name));
    }

    [Fact]
    public void Queues_DeliverAtLeastAsOftenAsThePipelineTries()
    {
        string options = Repository.Read("src", "SmolLM3.Batch.Pipeline", "PipelineOptions.cs");
        int tries = int.Parse(MaxAttempts().Match(options).Groups[1].Value);
        Assert.All(Queues(), queue => Assert.True(queue.MaxDeliveryCount >= tries, $"{queue.Name}: {queue.MaxDeliveryCount} < {tries}"));
        // Every worker that leaves costs a delivery and no attempt.
        Assert.True(Queues().Single(queue => queue.Name == QueueNames.Work).MaxDeliveryCount >= 50 * tries);
    }

    [Fact]
    public void Containers_AreThoseOfTheCode_AndOneForEventGrid()
    {
        string main = BicepFile.Main.Text;
        string list = main[main.IndexOf("containers: [", StringComparison.Ordinal)..];
        var containers = QuotedLine().Matches(list[..list.IndexOf(']', StringComparison.Ordinal)]).Select(match => match.Groups[1].Value);

        Assert.Equal(ContainerNames.All.Append("event-dead-letters").Order(), containers.Order());
    }

    [Fact]
    public void Retention_NeverTouchesModels() =>
        Assert.DoesNotContain($"container: '{ContainerNames.Models}', days", BicepFile.Main.Text, StringComparison.Ordinal);

    [Fact]
    public void Events_AreNewBlobsOfTheDocuments_InCloudEvents()
    {
        string events = BicepFile.Named("modules/event-grid.bicep").Text;

        Assert.Contains(
            $"subjectBeginsWith: '/blobServices/default/containers/{ContainerNames.Documents}/'", events, StringComparison.Ordinal);
        Assert.Contains("eventDeliverySchema: 'CloudEventSchemaV1_0'", events, StringComparison.Ordinal);
        Assert.Contains("'Microsoft.Storage.BlobCreated'", events, StringComparison.Ordinal);
        Assert.Matches(@"key: 'data\.api'\s+values: \[\s+'PutBlob'\s+'PutBlockList'\s+\]", events);
        Assert.Equal(2, Regex.Count(events, "endpointType: '(ServiceBusQueue|StorageBlob)'"));
        Assert.Equal(2, Regex.Count(events, "endpointType:"));
    }

    /// <summary>Alerts and workbook look for lines of the log: the code must write them.</summary>
    [Theory]
    [InlineData("Job {Job} is now {State}")]
    [InlineData("Job {Job} accepted through the door")]
    [InlineData("loaded in {Seconds:F1} s")]
    public void LogLine_ThatQueriesLookFor_IsWritten(string template) =>
        Assert.Contains(Repository.Code("src", "functions", "workers"), file => file.Text.Contains(template, StringComparison.Ordinal));

    [Fact]
    public void FinalStates_ThatQueriesLookFor_AreThoseOfTheCode()
    {
        string[] final = ["Succeeded", "PartiallySucceeded", "Failed", "Cancelled", "Expired"];
        string states = Repository.Read("src", "SmolLM3.Batch.Core", "Jobs", "States", "JobState.cs");

        Assert.Contains($"is now ({string.Join('|', final)})", BicepFile.Named("modules/alerts.bicep").Text, StringComparison.Ordinal);
        Assert.All(final, state => Assert.Matches($@"\)\] {state}\b", states));
    }

    [Fact]
    public void Worker_IsCheckedWhereItAnswers()
    {
        string worker = BicepFile.Named("modules/worker.bicep").Text;
        Assert.Contains("path: '/health/live'", worker, StringComparison.Ordinal);
        Assert.Contains(
            "MapGet(\"/health/live\"", string.Concat(Repository.Code("workers").Select(file => file.Text)), StringComparison.Ordinal);
        Assert.Contains("'/api/health'", BicepFile.Named("modules/functions.bicep").Text, StringComparison.Ordinal);
        Assert.Contains(
            "Route = \"api/health\"", string.Concat(Repository.Code("functions").Select(file => file.Text)), StringComparison.Ordinal);
    }

    /// <summary>By itself a worker answers checks on loopback only; the platform asks from outside of the container.</summary>
    [Theory]
    [InlineData("worker.Dockerfile")]
    [InlineData("worker-cpu.Dockerfile")]
    public void WorkerImage_AnswersChecksFromOutside(string file)
    {
        Assert.Matches(@"(?m)^(ENV|   ) .*Worker__HealthAddress=\*", Repository.Read("infra", file));
        Assert.Contains(
            "string HealthAddress { get; set; } = \"localhost\"", Repository.Read("workers", "SmolLM3.Batch.Worker", "WorkerOptions.cs"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Workbook_IsJson_AndItsPlaceholdersAreFilled()
    {
        string workbook = Repository.Read("bicep", "modules", "workbook.json");
        using JsonDocument document = JsonDocument.Parse(workbook);

        Assert.Equal("Notebook/1.0", document.RootElement.GetProperty("version").GetString());
        string module = BicepFile.Named("modules/workbook.bicep").Text;
        Assert.All(Placeholder().Matches(workbook), match => Assert.Contains($"'{match.Value}'", module, StringComparison.Ordinal));
    }

    private static List<(string Name, bool Sessions, int MaxDeliveryCount)> Queues() =>
        [.. QueueLine().Matches(BicepFile.Named("modules/service-bus.bicep").Text)
            .Select(match => (match.Groups[1].Value, bool.Parse(match.Groups[2].Value), int.Parse(match.Groups[3].Value)))];

    [GeneratedRegex(@"\{ name: '(\w+)', sessions: (\w+), maxDeliveryCount: (\d+)")]
    private static partial Regex QueueLine();

    [GeneratedRegex(@"int MaxAttempts \{ get; set; \} = (\d+);")]
    private static partial Regex MaxAttempts();

    [GeneratedRegex(@"^\s+'([\w-]+)'$", RegexOptions.Multiline)]
    private static partial Regex QuotedLine();

    [GeneratedRegex("__[A-Z_]+__")]
    private static partial Regex Placeholder();
}
