using System.Diagnostics;
using System.Globalization;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using Microsoft.Data.Sqlite;

namespace Local.Azure.Messaging.ServiceBus.Tests.Processes;

/// <summary>Real processes, real time and SIGKILL over one broker file.</summary>
public sealed class SeveralProcessesTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("broker").FullName;
    private ServiceBusClient _client = null!;

    private string ConnectionString => $"Endpoint={new Uri(Path.Combine(_folder, "servicebus.db")).AbsoluteUri}";

    public async ValueTask InitializeAsync()
    {
        await new ServiceBusAdministrationClient(ConnectionString).CreateQueueAsync(
            new CreateQueueOptions("q") { LockDuration = TimeSpan.FromSeconds(3) });
        _client = new ServiceBusClient(ConnectionString);
    }

    [Fact]
    public async Task Receiver_KilledWithLocks_ItsMessagesComeToAnotherProcess()
    {
        await SendAsync(3);
        using var peer = new Peer("hold", ConnectionString, "q");
        await peer.UntilAsync("holding");
        await peer.KillAsync();
        Assert.Equal(["0", "1", "2", "holding"], peer.Lines);

        var messages = await DrainAsync(3);

        Assert.Equal(["0", "1", "2"], messages.Select(message => message.Body.ToString()));
        Assert.All(messages, message => Assert.Equal(2, message.DeliveryCount));
        AssertIntact();
    }

    [Fact]
    public async Task Sender_KilledWhileSending_EverythingAcknowledgedIsThereOnce()
    {
        using var peer = new Peer("send", ConnectionString, "q");
        await peer.UntilAsync(lines: 50);
        await peer.KillAsync();
        var acknowledged = peer.Lines.Count;

        AssertIntact();
        var count = (await CountsAsync()).ActiveMessageCount;
        var messages = await DrainAsync((int)count);

        // The last send may have been committed and its acknowledgement lost with the process.
        Assert.InRange(count, acknowledged, acknowledged + 1);
        Assert.Equal(
            Enumerable.Range(0, (int)count), messages.Select(message => int.Parse(message.Body.ToString(), CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Workers_OneKilledAtWork_NothingIsLost()
    {
        await SendAsync(400);
        using var first = new Peer("work", ConnectionString, "q");
        using var second = new Peer("work", ConnectionString, "q");
        await first.UntilAsync(lines: 20);
        await first.KillAsync();

        using var deadline = new CancellationTokenSource(Soon);
        while ((await CountsAsync()).TotalMessageCount > 0)
            await Task.Delay(50, deadline.Token);
        await second.EndAsync();

        var done = first.Lines.Concat(second.Lines).Where(line => line != "ready").ToList();
        // One completion may have been committed and not printed before the kill; none is ever printed twice.
        Assert.InRange(done.Count, 399, 400);
        Assert.Equal(done.Count, done.Distinct().Count());
        AssertIntact();
    }

    [Fact]
    public async Task Receiver_WaitingForAnotherProcess_WakesSoon()
    {
        using var peer = new Peer("work", ConnectionString, "q");
        await peer.UntilAsync("ready");
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 5; i++)
        {
            // Long enough for the peer's polling to have slowed down.
            await Task.Delay(200);
            var started = Stopwatch.GetTimestamp();
            await SendAsync(1, from: i);
            await peer.UntilAsync($"{i}");
            waits.Add(Stopwatch.GetElapsedTime(started));
        }
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"send to completed in another process: {string.Join(", ", waits.Select(wait => $"{wait.TotalMilliseconds:F0} ms"))}");
        Assert.True(waits.Min() < TimeSpan.FromSeconds(1), $"The fastest wake-up took {waits.Min()}.");
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SendAsync(int count, int from = 0)
    {
        await using var sender = _client.CreateSender("q");
        await sender.SendMessagesAsync(Enumerable.Range(from, count).Select(i => new ServiceBusMessage($"{i}")));
    }

    private async Task<List<ServiceBusReceivedMessage>> DrainAsync(int count)
    {
        await using var receiver = _client.CreateReceiver(
            "q", new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
        var messages = new List<ServiceBusReceivedMessage>();
        using var deadline = new CancellationTokenSource(Soon);
        while (messages.Count < count)
            messages.AddRange(await receiver.ReceiveMessagesAsync(count, TimeSpan.FromSeconds(10), deadline.Token));
        return messages;
    }

    private async Task<QueueRuntimeProperties> CountsAsync() =>
        (await new ServiceBusAdministrationClient(ConnectionString).GetQueueRuntimePropertiesAsync("q")).Value;

    private void AssertIntact()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "servicebus.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", command.ExecuteScalar());
    }
}
