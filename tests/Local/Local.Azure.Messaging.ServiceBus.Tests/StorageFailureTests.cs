using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using Azure.Messaging.ServiceBus.Broker;
using Microsoft.Data.Sqlite;

namespace Local.Azure.Messaging.ServiceBus.Tests;

/// <summary>What the broker says and keeps when its disk fails it.</summary>
public sealed class StorageFailureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("broker").FullName;

    private string Path => System.IO.Path.Combine(_folder, "servicebus.db");

    [Fact]
    public async Task Send_DiskFull_FailsWithTheCauseAndKeepsWhatWasThere()
    {
        var connection = BrokerConnection.Open(Path);
        BrokerSchema.Ensure(connection, Path);
        using var writer = new BrokerWriter(connection, Path, () => { });
        await writer.RunAsync(db => Queues.Create(db, new CreateQueueOptions("q"), 0), false, CancellationToken.None);
        await SendAsync(writer, 10);
        await writer.RunAsync(
            db => db.Number($"PRAGMA max_page_count = {db.Number("PRAGMA page_count") + 4}"), false, CancellationToken.None);

        // Sent together, so that they share a transaction: the small one must not fall with the large one.
        var large = SendAsync(writer, 200_000);
        var small = SendAsync(writer, 10);

        var full = await Assert.ThrowsAsync<ServiceBusException>(() => large);
        Assert.Equal(ServiceBusFailureReason.QuotaExceeded, full.Reason);
        Assert.Contains("full", full.Message, StringComparison.Ordinal);
        Assert.Contains("Free space", full.Message, StringComparison.Ordinal);
        await small;
        var counts = await writer.RunAsync(db => Queues.GetRuntime(db, "q", 0), false, CancellationToken.None);
        Assert.Equal(2, counts.ActiveMessageCount);
    }

    [Fact]
    public async Task Operations_SharingATransaction_FailAlone()
    {
        var connection = BrokerConnection.Open(Path);
        BrokerSchema.Ensure(connection, Path);
        using var writer = new BrokerWriter(connection, Path, () => { });
        await writer.RunAsync(db => Queues.Create(db, new CreateQueueOptions("q"), 0), false, CancellationToken.None);
        using var gate = new ManualResetEventSlim();
        var blocking = writer.RunAsync(_ => gate.Wait(TimeSpan.FromSeconds(20)), false, CancellationToken.None);

        var sends = Enumerable.Range(0, 20).Select(i => writer.RunAsync(
            db =>
            {
                var sent = Sending.Send(db, "q", [OutgoingMessage.From(new ServiceBusMessage($"{i}"))], 0);
                return i % 3 == 0 ? throw new InvalidOperationException("after writing") : sent;
            },
            false, CancellationToken.None)).ToList();
        gate.Set();
        await blocking;
        await Task.WhenAll(sends).ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.Equal(7, sends.Count(send => send.IsFaulted));
        var counts = await writer.RunAsync(db => Queues.GetRuntime(db, "q", 0), false, CancellationToken.None);
        Assert.Equal(13, counts.ActiveMessageCount);
    }

    [Fact]
    public async Task Operation_CancelledBeforeItStarts_DoesNothing()
    {
        var connection = BrokerConnection.Open(Path);
        BrokerSchema.Ensure(connection, Path);
        using var writer = new BrokerWriter(connection, Path, () => { });
        using var gate = new ManualResetEventSlim();
        var blocking = writer.RunAsync(_ => gate.Wait(TimeSpan.FromSeconds(20)), false, CancellationToken.None);
        using var cancelling = new CancellationTokenSource();
        var ran = false;
        var cancelled = writer.RunAsync(_ => ran = true, false, cancelling.Token);

        await cancelling.CancelAsync();
        gate.Set();
        await blocking;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(ran);
    }

    [Fact]
    public async Task Send_WhileAnotherWrites_WaitsForIt()
    {
        var connectionString = $"Endpoint={new Uri(Path).AbsoluteUri}";
        await new ServiceBusAdministrationClient(connectionString).CreateQueueAsync("q");
        await using var client = new ServiceBusClient(connectionString);
        await using var sender = client.CreateSender("q");
        await using var other = new SqliteConnection($"Data Source={Path};Pooling=False");
        await other.OpenAsync();
        await using var command = other.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync();

        var sending = sender.SendMessageAsync(new ServiceBusMessage("a"));
        await Task.Delay(100);
        Assert.False(sending.IsCompleted);
        command.CommandText = "COMMIT";
        await command.ExecuteNonQueryAsync();

        await sending.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Open_FileOfANewerFormat_IsRefused()
    {
        using (var connection = new SqliteConnection($"Data Source={Path};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }
        var admin = new ServiceBusAdministrationClient($"Endpoint={new Uri(Path).AbsoluteUri}");

        var failure = await Assert.ThrowsAsync<ServiceBusException>(() => admin.QueueExistsAsync("q"));

        Assert.Contains("format 99", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FolderThatIsAFile_SaysSo()
    {
        await File.WriteAllTextAsync(System.IO.Path.Combine(_folder, "file"), "");
        var admin = new ServiceBusAdministrationClient($"Endpoint={new Uri(System.IO.Path.Combine(_folder, "file", "x.db")).AbsoluteUri}");

        var failure = await Assert.ThrowsAsync<ServiceBusException>(() => admin.QueueExistsAsync("q"));

        Assert.Equal(ServiceBusFailureReason.ServiceCommunicationProblem, failure.Reason);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<long[]> SendAsync(BrokerWriter writer, int size)
    {
        var message = OutgoingMessage.From(new ServiceBusMessage(new byte[size]));
        return writer.RunAsync(db => Sending.Send(db, "q", [message], 0), false, CancellationToken.None);
    }
}
