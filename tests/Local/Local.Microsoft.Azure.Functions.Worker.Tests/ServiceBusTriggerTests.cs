using Azure.Messaging.ServiceBus;

namespace Local.Microsoft.Azure.Functions.Worker.Tests;

public sealed class ServiceBusTriggerTests
{
    [Fact]
    public async Task Message_Handled_IsCompleted()
    {
        await using var test = await TestHost.StartAsync();
        await test.SendAsync("plain", "hello");

        await test.Signals.UntilAsync("plain hello 1");
        await test.UntilEmptyAsync("plain");
    }

    [Fact]
    public async Task Message_ThatThrows_IsRetriedAndThenReachesTheDeadLetterFunction()
    {
        await using var test = await TestHost.StartAsync();
        await test.SendAsync("plain", "throw");

        await test.Signals.UntilAsync("dead throw MaxDeliveryCountExceeded ");
        await test.UntilEmptyAsync("plain");

        Assert.Equal(["plain throw 1", "plain throw 2", "dead throw MaxDeliveryCountExceeded "], test.Signals.Notes);
    }

    [Fact]
    public async Task Message_DeadLetteredByTheFunction_CarriesReasonAndProperties()
    {
        await using var test = await TestHost.StartAsync();
        await test.SendAsync("plain", "dead-letter");

        await test.Signals.UntilAsync("dead dead-letter Poisoned 7");
        await test.UntilEmptyAsync("plain");
    }

    [Fact]
    public async Task Message_CompletedBeforeAnException_IsNotSeenAgain()
    {
        await using var test = await TestHost.StartAsync();
        await test.SendAsync("plain", "complete and throw");
        await test.Signals.UntilAsync("plain complete and throw 1");
        await test.UntilEmptyAsync("plain");
        await test.StopAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(["plain complete and throw 1"], test.Signals.Notes);
    }

    [Fact]
    public async Task Message_AbandonedByTheFunction_ComesAgain()
    {
        await using var test = await TestHost.StartAsync();
        await test.SendAsync("plain", "abandon once");

        await test.Signals.UntilAsync("plain abandon once 2");
        await test.UntilEmptyAsync("plain");
    }

    [Fact]
    public async Task AutoComplete_OffInTheAttribute_LeavesTheMessage()
    {
        await using var test = await TestHost.StartAsync();
        await test.SendAsync("manual", "kept");
        await test.Signals.UntilAsync("manual kept");
        await test.StopAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(1, (await test.CountsAsync("manual")).ActiveMessageCount);
    }

    [Fact]
    public async Task AutoComplete_OffInHostJson_HoldsWhereTheAttributeSaysNothing()
    {
        await using var test = await TestHost.StartAsync("""
            { "version": "2.0", "extensions": { "serviceBus": { "autoCompleteMessages": false } } }
            """);
        await test.SendAsync("plain", "kept");
        await test.Signals.UntilAsync("plain kept 1");
        await test.StopAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(1, (await test.CountsAsync("plain")).ActiveMessageCount);
    }

    [Fact]
    public async Task Body_BindsToTextBytesAndObjects()
    {
        await using var test = await TestHost.StartAsync();
        await test.SendAsync("typed", """{ "name": "n", "count": 3 }""");
        await test.SendAsync("binary", "bytes");

        await test.Signals.UntilAsync("typed n 3");
        await test.Signals.UntilAsync("binary bytes");
    }

    [Fact]
    public async Task Body_ThatIsNoJson_FailsAndIsDeadLettered()
    {
        await using var test = await TestHost.StartAsync();
        await test.SendAsync("typed", "not json");

        await test.Signals.UntilAsync(
            () => test.CountsAsync("typed").GetAwaiter().GetResult().DeadLetterMessageCount == 1, "a dead letter");
        Assert.Empty(test.Signals.Notes);
    }

    [Fact]
    public async Task Sessions_EachInOrderWithItsState()
    {
        await using var test = await TestHost.StartAsync();
        foreach (var body in new[] { "1", "2", "3" })
        {
            await test.SendAsync("sessions", body, "a");
            await test.SendAsync("sessions", body, "b");
        }
        await test.Signals.UntilAsync("session a 3 3");
        await test.Signals.UntilAsync("session b 3 3");

        Assert.Equal(
            ["session a 1 1", "session a 2 2", "session a 3 3"],
            test.Signals.Notes.Where(note => note.StartsWith("session a", StringComparison.Ordinal)));
        Assert.Equal(
            ["session b 1 1", "session b 2 2", "session b 3 3"],
            test.Signals.Notes.Where(note => note.StartsWith("session b", StringComparison.Ordinal)));
        await test.UntilEmptyAsync("sessions");
    }

    [Fact]
    public async Task Batch_OfMessages_IsHandledTogetherAndCompleted()
    {
        await using var test = await TestHost.StartAsync();
        await using var sender = test.Client.CreateSender("batched");
        await sender.SendMessagesAsync([new("a"), new("b"), new ServiceBusMessage("c")]);

        await test.Signals.UntilAsync("batch a,b,c");
        await test.UntilEmptyAsync("batched");
    }

    [Fact]
    public async Task MaxConcurrentCalls_OfHostJson_BoundsTheInvocations()
    {
        await using var test = await TestHost.StartAsync("""
            { "version": "2.0", "extensions": { "serviceBus": { "maxConcurrentCalls": 2 } } }
            """);
        for (var i = 0; i < 3; i++)
        {
            await using var sender = test.Client.CreateSender("plain");
            await sender.SendMessageAsync(new ServiceBusMessage("wait") { MessageId = $"w{i}" });
        }
        await test.Signals.UntilAsync(() => test.Signals.Notes.Count == 2, "two invocations");
        await Task.Delay(100);
        Assert.Equal(2, test.Signals.Notes.Count);
        test.Signals.Finish.SetResult();

        await test.UntilEmptyAsync("plain");
    }

    [Fact]
    public async Task Stop_WhileAFunctionRuns_LetsItFinishAndCompletes()
    {
        await using var test = await TestHost.StartAsync();
        await test.SendAsync("plain", "wait");
        await test.Signals.Started.Task.WaitAsync(TimeSpan.FromSeconds(20));

        var stopping = test.StopAsync(TimeSpan.FromSeconds(20));
        await Task.Delay(50);
        Assert.False(stopping.IsCompleted);
        test.Signals.Finish.SetResult();
        await stopping;

        Assert.Equal(0, (await test.CountsAsync("plain")).TotalMessageCount);
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("wait for token")]
    public async Task Stop_TimeOver_AbandonsWhatStillRuns(string body)
    {
        await using var test = await TestHost.StartAsync();
        await test.SendAsync("plain", body);
        await test.Signals.Started.Task.WaitAsync(TimeSpan.FromSeconds(20));

        await test.StopAsync(TimeSpan.FromMilliseconds(100));

        await using var receiver = test.Client.CreateReceiver("plain");
        var again = await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(2, again!.DeliveryCount);
    }
}
