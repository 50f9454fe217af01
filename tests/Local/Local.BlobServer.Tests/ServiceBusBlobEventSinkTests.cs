using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using SmolLM3.Local.BlobServer.Events;

namespace SmolLM3.Local.BlobServer.Tests;

public sealed class ServiceBusBlobEventSinkTests
{
    [Fact]
    public async Task Upload_ReachesTheQueue()
    {
        using var folder = new TemporaryFolder();
        string bus = $"Endpoint=file://{folder.File("servicebus.db")}";
        await new ServiceBusAdministrationClient(bus).CreateQueueAsync("uploads");
        await using var sink = new ServiceBusBlobEventSink(bus, "uploads");
        await using var server = await BlobServerHost.StartAsync(
            new BlobServerOptions { Folder = folder.File("blobs"), Port = 0, Containers = ["documents"] }, sink);
        await Clients.Connect(server.ConnectionString).GetBlobContainerClient("documents")
            .UploadBlobAsync("a.md", BinaryData.FromString("x"));

        await using var client = new ServiceBusClient(bus);
        await using ServiceBusReceiver receiver = client.CreateReceiver("uploads");
        ServiceBusReceivedMessage? message = await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(20));
        var body = JsonSerializer.Deserialize<JsonElement>(message!.Body);

        Assert.StartsWith("application/cloudevents+json", message.ContentType, StringComparison.Ordinal);
        Assert.Equal(body.GetProperty("id").GetString(), message.MessageId);
        Assert.Equal("/blobServices/default/containers/documents/blobs/a.md", body.GetProperty("subject").GetString());
    }
}
