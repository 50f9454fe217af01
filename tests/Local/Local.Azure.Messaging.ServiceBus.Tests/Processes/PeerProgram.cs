using System.Diagnostics;
using System.Globalization;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;

namespace Local.Azure.Messaging.ServiceBus.Tests.Processes;

/// <summary>What this assembly does as another process: one line on standard output for each thing that is done for certain.</summary>
internal static class PeerProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        var (verb, connectionString, queue) = (args[0], args[1], args[2]);
        if (verb == "bench")
            return await BenchAsync(connectionString, queue, int.Parse(args[3], CultureInfo.InvariantCulture));

        await using var client = new ServiceBusClient(connectionString);
        switch (verb)
        {
            case "send":
                await SendAsync(client, queue);
                break;
            case "hold":
                await HoldAsync(client, queue);
                break;
            case "work":
                await WorkAsync(client, queue);
                break;
            default:
                await Console.Error.WriteLineAsync($"Unknown verb '{verb}'.");
                return 2;
        }
        return 0;
    }

    /// <summary>Sends 0, 1, 2… until killed, and prints each that was acknowledged.</summary>
    private static async Task SendAsync(ServiceBusClient client, string queue)
    {
        await using var sender = client.CreateSender(queue);
        for (var i = 0; ; i++)
        {
            await sender.SendMessageAsync(new ServiceBusMessage($"{i}"));
            Console.WriteLine(i);
        }
    }

    /// <summary>Locks what is there, prints it, and keeps it until killed.</summary>
    private static async Task HoldAsync(ServiceBusClient client, string queue)
    {
        await using var receiver = client.CreateReceiver(queue);
        foreach (var message in await receiver.ReceiveMessagesAsync(100))
            Console.WriteLine(message.Body);
        Console.WriteLine("holding");
        await Task.Delay(Timeout.Infinite);
    }

    /// <summary>Handles messages, prints each that was completed, and ends with its standard input.</summary>
    private static async Task WorkAsync(ServiceBusClient client, string queue)
    {
        await using var receiver = client.CreateReceiver(queue);
        using var stopping = new CancellationTokenSource();
        var input = Task.Run(() =>
        {
            Console.In.ReadToEnd();
            stopping.Cancel();
        });
        Console.WriteLine("ready");
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(5), stopping.Token) is not { } message)
                    continue;
                await receiver.CompleteMessageAsync(message);
                Console.WriteLine(message.Body);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                await input;
            }
            catch (ServiceBusException lost) when (lost.Reason == ServiceBusFailureReason.MessageLockLost)
            {
                await Console.Error.WriteLineAsync("A lock ran out before the message was completed; it comes again.");
            }
        }
    }

    /// <summary>Sends, receives and completes so many messages of 1 KB, one at a time and then sixteen at once.</summary>
    private static async Task<int> BenchAsync(string connectionString, string queue, int count)
    {
        var admin = new ServiceBusAdministrationClient(connectionString);
        if (!await admin.QueueExistsAsync(queue))
            await admin.CreateQueueAsync(new CreateQueueOptions(queue) { RequiresDuplicateDetection = true });
        await using var client = new ServiceBusClient(connectionString);
        await using var sender = client.CreateSender(queue);
        await using var receiver = client.CreateReceiver(queue);
        var body = new byte[1024];
        foreach (var lanes in new[] { 1, 16 })
        {
            await RoundTripsAsync(lanes, count / 10);
            var started = Stopwatch.GetTimestamp();
            await RoundTripsAsync(lanes, count);
            Console.WriteLine(
                $"{lanes} at once: {count / Stopwatch.GetElapsedTime(started).TotalSeconds:F0} send+receive+complete a second");
        }
        return 0;

        Task RoundTripsAsync(int lanes, int total) => Task.WhenAll(Enumerable.Range(0, lanes).Select(async _ =>
        {
            for (var i = 0; i < total / lanes; i++)
            {
                await sender.SendMessageAsync(new ServiceBusMessage(body));
                await receiver.CompleteMessageAsync((await receiver.ReceiveMessageAsync())!);
            }
        }));
    }
}
