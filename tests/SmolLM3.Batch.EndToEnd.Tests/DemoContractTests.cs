using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Messaging.ServiceBus;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.EndToEnd.Tests;

/// <summary>
/// What the demo model is made for, right through each door: contracts from its generator with names that it has never seen.
/// </summary>
public sealed class DemoContractTests(PipelineFixture pipeline)
{
    public static TheoryData<string> Doors => ["upload", "http", "service bus"];

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Analyze_UnseenContracts_FindsPartiesDateAndLaw(string door)
    {
        foreach (var contract in await ContractsAsync())
        {
            var id = await SubmitAsync(door, contract);

            var record = await pipeline.WaitForEndAsync(id);

            Assert.True(record.State == JobState.Succeeded, record.Error?.Message);
            var analysis = JsonNode.Parse(
                await pipeline.Api.GetStringAsync($"api/jobs/{id}/results/{TaskTypes.ContractAnalysis}?format=json"))!;
            Assert.Equal(
                contract.Parties.Order(),
                analysis["parties"]!.AsArray().Where(IsVerified).Select(party => (string?)party!["name"]).Order());
            Assert.Equal(contract.EffectiveDate, Reading(analysis, "Effective Date"));
            Assert.Equal(contract.GoverningLaw, Reading(analysis, "Governing Law"));
        }
    }

    private static bool IsVerified(JsonNode? finding) => finding!["verified"]!.GetValue<bool>();

    private static string? Reading(JsonNode analysis, string category) => (string?)analysis["clauses"]!.AsArray()
        .Single(clause => (string?)clause!["category"] == category)!["findings"]!.AsArray().First(IsVerified)!["reading"];

    private async Task<JobId> SubmitAsync(string door, DemoContract contract)
    {
        // The name stands in the prompt: a new one at every run would make it another test.
        if (door == "upload")
            return await pipeline.UploadAsync($"{TaskTypes.ContractAnalysis}/{contract.Name}", Encoding.UTF8.GetBytes(contract.Text));
        var id = JobId.Parse($"{Path.GetFileNameWithoutExtension(contract.Name)}-by-{door.Replace(' ', '-')}");
        var request = JsonSerializer.Serialize(
            new { jobId = id.ToString(), text = contract.Text, tasks = new[] { new { type = TaskTypes.ContractAnalysis } } });
        if (door == "http")
        {
            using var accepted = await pipeline.Api.PostAsync("api/jobs", new StringContent(request, Encoding.UTF8, "application/json"));
            Assert.True(accepted.IsSuccessStatusCode, await accepted.Content.ReadAsStringAsync());
            return id;
        }

        await using var sender = pipeline.Queues.CreateSender(QueueNames.Jobs);
        await sender.SendMessageAsync(new ServiceBusMessage(request) { MessageId = id.ToString() });
        return id;
    }

    private static async Task<List<DemoContract>> ContractsAsync()
    {
        await using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Contracts", "contracts.json"));
        return (await JsonSerializer.DeserializeAsync<List<DemoContract>>(file, JsonSerializerOptions.Web))!;
    }

    private sealed record DemoContract(string Name, string Text, IReadOnlyList<string> Parties, string EffectiveDate, string GoverningLaw);
}
