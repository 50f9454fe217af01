using Azure.Core;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using Local.Azure.Messaging.ServiceBus.Tests.Support;

namespace Local.Azure.Messaging.ServiceBus.Tests;

public sealed class EndpointTests
{
    [Fact]
    public void Client_ForANamespaceInAzure_NamesTheLocalForm()
    {
        foreach (var attempt in new Action[]
                 {
                     () => _ = new ServiceBusClient("ns.servicebus.windows.net", new NoToken()),
                     () => _ = new ServiceBusClient("Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=b"),
                     () => _ = new ServiceBusAdministrationClient("ns.servicebus.windows.net", new NoToken()),
                 })
        {
            Assert.Contains("Endpoint=file:///", Assert.Throws<NotSupportedException>(attempt).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Client_ForAFileUrlAndACredential_OpensTheFile()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a");
        await using var client = new ServiceBusClient(new Uri(broker.File).AbsoluteUri, new NoToken());
        await using var receiver = client.CreateReceiver("q");

        Assert.Equal("a", (await receiver.PeekMessageAsync())!.MessageId);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("SharedAccessKeyName=a")]
    public void Client_ForAMalformedConnectionString_SaysWhatItShouldBe(string connectionString) =>
        Assert.Contains(
            "Endpoint=", Assert.Throws<FormatException>(() => new ServiceBusClient(connectionString)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Client_ForAFileThatIsNoBroker_SaysSo()
    {
        await using var broker = new Broker();
        await File.WriteAllTextAsync(broker.File, new string('x', 5000));

        var failure = await Assert.ThrowsAsync<ServiceBusException>(() => broker.Admin.QueueExistsAsync("q"));

        Assert.Contains("not a broker file", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_Disposed_RefusesAndAWaitingReceiverEnds()
    {
        await using var broker = await Broker.WithQueueAsync();
        var client = new ServiceBusClient(broker.ConnectionString);
        var receiver = client.CreateReceiver("q");
        var waiting = receiver.ReceiveMessageAsync(TimeSpan.FromMinutes(5));

        await client.DisposeAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => waiting.WaitAsync(Broker.Soon));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => receiver.ReceiveMessageAsync());
        Assert.True(client.IsClosed);
    }

    private sealed class NoToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("A file needs no token.");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("A file needs no token.");
    }
}
