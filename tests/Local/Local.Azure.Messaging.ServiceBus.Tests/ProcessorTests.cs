using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Local.Azure.Messaging.ServiceBus.Tests.Support;

namespace Local.Azure.Messaging.ServiceBus.Tests;

public sealed class ProcessorTests
{
    [Fact]
    public async Task Processor_ManyMessages_HandlesEachOnceWithinItsConcurrency()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", Enumerable.Range(0, 100).Select(i => $"m{i}").ToArray());
        var handled = new ConcurrentBag<string>();
        int running = 0, most = 0;
        var all = new TaskCompletionSource();
        await using var processor = broker.Client.CreateProcessor("q", new ServiceBusProcessorOptions { MaxConcurrentCalls = 4 });
        processor.ProcessErrorAsync += args => throw args.Exception;
        processor.ProcessMessageAsync += async args =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            await Task.Yield();
            handled.Add(args.Message.MessageId);
            Interlocked.Decrement(ref running);
            if (handled.Count == 100)
                all.TrySetResult();
        };

        await processor.StartProcessingAsync();
        await all.Task.WaitAsync(Broker.Soon);
        await processor.StopProcessingAsync();

        Assert.Equal(100, handled.Distinct().Count());
        Assert.Equal(100, handled.Count);
        Assert.InRange(most, 1, 4);
        Assert.Equal(0, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.TotalMessageCount);
        Assert.False(processor.IsProcessing);
    }

    [Fact]
    public async Task Processor_HandlerThrows_AbandonsAndReports()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.MaxDeliveryCount = 2);
        await broker.SendAsync("q", "a");
        var reported = new ConcurrentQueue<ProcessErrorEventArgs>();
        await using var processor = broker.Client.CreateProcessor("q");
        processor.ProcessMessageAsync += _ => throw new InvalidDataException("bad");
        processor.ProcessErrorAsync += args =>
        {
            reported.Enqueue(args);
            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync();
        await using var deadLetters = broker.Client.CreateReceiver("q/$DeadLetterQueue");

        var dead = await deadLetters.ReceiveMessageAsync(TimeSpan.FromHours(1)).WaitAsync(Broker.Soon);
        await processor.StopProcessingAsync();

        Assert.Equal("MaxDeliveryCountExceeded", dead!.DeadLetterReason);
        Assert.Equal(2, reported.Count);
        Assert.All(reported, args => Assert.Equal(ServiceBusErrorSource.ProcessMessageCallback, args.ErrorSource));
        Assert.All(reported, args => Assert.IsType<InvalidDataException>(args.Exception));
    }

    [Fact]
    public async Task Processor_SettledByTheHandler_IsLeftAlone()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a");
        var errors = new ConcurrentQueue<Exception>();
        var done = new TaskCompletionSource();
        await using var processor = broker.Client.CreateProcessor("q");
        processor.ProcessMessageAsync += async args =>
        {
            await args.DeadLetterMessageAsync(args.Message, "Reason");
            done.TrySetResult();
            throw new InvalidOperationException("after settling");
        };
        processor.ProcessErrorAsync += args =>
        {
            errors.Enqueue(args.Exception);
            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync();
        await done.Task.WaitAsync(Broker.Soon);
        await processor.StopProcessingAsync();

        Assert.Equal(["after settling"], errors.Select(error => error.Message));
        Assert.Equal(1, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.DeadLetterMessageCount);
    }

    [Fact]
    public async Task Processor_WithoutAutoComplete_LeavesTheMessageLocked()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a");
        var done = new TaskCompletionSource();
        await using var processor = broker.Client.CreateProcessor("q", new ServiceBusProcessorOptions { AutoCompleteMessages = false });
        processor.ProcessMessageAsync += _ =>
        {
            done.TrySetResult();
            return Task.CompletedTask;
        };
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await processor.StartProcessingAsync();
        await done.Task.WaitAsync(Broker.Soon);
        await processor.StopProcessingAsync();

        Assert.Equal(1, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.ActiveMessageCount);
        await using var receiver = broker.Client.CreateReceiver("q");
        Assert.Null(await broker.TryReceiveAsync(receiver));
    }

    [Fact]
    public async Task Processor_LongHandler_KeepsItsLock()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.LockDuration = TimeSpan.FromSeconds(30));
        await broker.SendAsync("q", "a");
        var started = new TaskCompletionSource<ServiceBusReceivedMessage>();
        var finish = new TaskCompletionSource();
        var errors = new ConcurrentQueue<Exception>();
        await using var processor = broker.Client.CreateProcessor("q");
        processor.ProcessMessageAsync += async args =>
        {
            started.TrySetResult(args.Message);
            await finish.Task;
        };
        processor.ProcessErrorAsync += args =>
        {
            errors.Enqueue(args.Exception);
            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync();
        var message = await started.Task.WaitAsync(Broker.Soon);
        for (var i = 0; i < 6; i++)
        {
            var before = message.LockedUntil;
            await AdvanceUntilAsync(broker, () => message.LockedUntil > before);
        }
        finish.SetResult();
        await processor.StopProcessingAsync();

        Assert.Empty(errors);
        Assert.Equal(0, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.TotalMessageCount);
    }

    [Fact]
    public async Task Processor_LockNotRenewed_ReportsTheLossOnComplete()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a");
        var reported = new TaskCompletionSource<ProcessErrorEventArgs>();
        await using var processor = broker.Client.CreateProcessor(
            "q", new ServiceBusProcessorOptions { MaxAutoLockRenewalDuration = TimeSpan.Zero });
        processor.ProcessMessageAsync += _ =>
        {
            if (!reported.Task.IsCompleted)
                broker.Time.Advance(TimeSpan.FromMinutes(1));
            return Task.CompletedTask;
        };
        processor.ProcessErrorAsync += args =>
        {
            reported.TrySetResult(args);
            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync();
        var args = await reported.Task.WaitAsync(Broker.Soon);
        await processor.StopProcessingAsync();

        Assert.Equal(ServiceBusErrorSource.Complete, args.ErrorSource);
        Assert.Equal(ServiceBusFailureReason.MessageLockLost, Assert.IsType<ServiceBusException>(args.Exception).Reason);
    }

    [Fact]
    public async Task Stop_WhileHandling_TellsTheHandlerAndWaitsForIt()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a");
        var started = new TaskCompletionSource();
        var told = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        await using var processor = broker.Client.CreateProcessor("q");
        processor.ProcessMessageAsync += async args =>
        {
            args.CancellationToken.Register(() => told.TrySetResult());
            started.TrySetResult();
            await finish.Task;
        };
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await processor.StartProcessingAsync();
        await started.Task.WaitAsync(Broker.Soon);

        var stopping = processor.StopProcessingAsync();
        await told.Task.WaitAsync(Broker.Soon);
        Assert.False(stopping.IsCompleted);
        finish.SetResult();
        await stopping.WaitAsync(Broker.Soon);

        Assert.Equal(0, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.TotalMessageCount);
    }

    [Fact]
    public async Task Processor_MissingQueue_ReportsAndRecoversWhenItAppears()
    {
        await using var broker = new Broker();
        var reported = new TaskCompletionSource<Exception>();
        var handled = new TaskCompletionSource();
        await using var processor = broker.Client.CreateProcessor("later");
        processor.ProcessMessageAsync += _ =>
        {
            handled.TrySetResult();
            return Task.CompletedTask;
        };
        processor.ProcessErrorAsync += args =>
        {
            reported.TrySetResult(args.Exception);
            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync();
        Assert.Equal(
            ServiceBusFailureReason.MessagingEntityNotFound,
            Assert.IsType<ServiceBusException>(await reported.Task.WaitAsync(Broker.Soon)).Reason);

        await broker.CreateQueueAsync("later");
        await broker.SendAsync("later", "a");
        await AdvanceUntilAsync(broker, () => handled.Task.IsCompleted);
    }

    [Fact]
    public async Task Start_WithoutHandlersOrTwice_IsRefused()
    {
        await using var broker = await Broker.WithQueueAsync();
        await using var processor = broker.Client.CreateProcessor("q");
        await Assert.ThrowsAsync<InvalidOperationException>(() => processor.StartProcessingAsync());
        processor.ProcessMessageAsync += _ => Task.CompletedTask;
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        Assert.Throws<NotSupportedException>(() => processor.ProcessMessageAsync += _ => Task.CompletedTask);

        await processor.StartProcessingAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => processor.StartProcessingAsync());
        await processor.StopProcessingAsync();
        await processor.StartProcessingAsync();
    }

    [Fact]
    public async Task SessionProcessor_ManySessions_KeepsEachInOrderAndHandlesSeveralAtOnce()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.RequiresSession = true);
        await using var sender = broker.Client.CreateSender("q");
        for (var i = 0; i < 60; i++)
            await sender.SendMessageAsync(new ServiceBusMessage($"{i}") { SessionId = $"s{i % 6}" });
        var order = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        var events = new ConcurrentBag<string>();
        var count = 0;
        var all = new TaskCompletionSource();
        await using var processor = broker.Client.CreateSessionProcessor("q", new ServiceBusSessionProcessorOptions
        {
            MaxConcurrentSessions = 3,
            SessionIdleTimeout = TimeSpan.FromMilliseconds(1),
        });
        processor.SessionInitializingAsync += args =>
        {
            events.Add($"open {args.SessionId}");
            return Task.CompletedTask;
        };
        processor.SessionClosingAsync += args =>
        {
            events.Add($"close {args.SessionId}");
            return Task.CompletedTask;
        };
        processor.ProcessErrorAsync += args => throw args.Exception;
        processor.ProcessMessageAsync += args =>
        {
            order.GetOrAdd(args.SessionId, _ => new ConcurrentQueue<int>()).Enqueue(int.Parse(args.Message.Body.ToString()));
            if (Interlocked.Increment(ref count) == 60)
                all.TrySetResult();
            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync();
        await AdvanceUntilAsync(broker, () => all.Task.IsCompleted, TimeSpan.FromMilliseconds(2));
        await processor.StopProcessingAsync();

        Assert.Equal(6, order.Count);
        Assert.All(order.Values, numbers => Assert.Equal(numbers.Order(), numbers));
        Assert.All(order.Values, numbers => Assert.Equal(10, numbers.Count));
        Assert.Equal(6, events.Where(line => line.StartsWith("open", StringComparison.Ordinal)).Distinct().Count());
        Assert.Equal(
            events.Count(line => line.StartsWith("open", StringComparison.Ordinal)),
            events.Count(line => line.StartsWith("close", StringComparison.Ordinal)));
        Assert.Equal(0, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.TotalMessageCount);
    }

    private static async Task AdvanceUntilAsync(Broker broker, Func<bool> reached, TimeSpan? step = null)
    {
        using var deadline = new CancellationTokenSource(Broker.Soon);
        while (!reached())
        {
            deadline.Token.ThrowIfCancellationRequested();
            broker.Time.Advance(step ?? TimeSpan.FromSeconds(1));
            await Task.Delay(2);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref target)) && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
