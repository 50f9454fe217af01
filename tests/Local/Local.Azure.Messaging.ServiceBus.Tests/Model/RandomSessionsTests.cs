using Azure.Messaging.ServiceBus;
using Local.Azure.Messaging.ServiceBus.Tests.Support;

namespace Local.Azure.Messaging.ServiceBus.Tests.Model;

/// <summary>Random receivers over a few sessions: one holder each, messages in order, nothing lost, the counts as documented.</summary>
public sealed class RandomSessionsTests
{
    private static readonly TimeSpan LockDuration = TimeSpan.FromSeconds(30);
    private static readonly string[] SessionIds = ["a", "b", "c"];

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public async Task AnySequenceOfOperations_AnswersAsTheModel(int seed)
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue =>
        {
            queue.LockDuration = LockDuration;
            queue.RequiresSession = true;
            queue.MaxDeliveryCount = 4;
        });
        var run = new Run(broker, new Random(seed));
        for (var step = 0; step < 300; step++)
            await run.StepAsync();
        await run.EndAsync();
    }

    /// <summary>What should be in one session: its messages in order, those out with the holder, and until when it is held.</summary>
    private sealed class ModelSession
    {
        public List<ModelEntry> Entries { get; } = [];

        public object? Holder { get; set; }

        public DateTimeOffset Until { get; set; }

        public string? State { get; set; }
    }

    private sealed class ModelEntry(string id)
    {
        public string Id => id;

        public int Deliveries { get; set; }

        public bool Out { get; set; }
    }

    private sealed class Run(Broker broker, Random random)
    {
        private readonly Dictionary<string, ModelSession> _sessions = SessionIds.ToDictionary(id => id, _ => new ModelSession());
        private readonly List<ServiceBusSessionReceiver> _receivers = [];
        private readonly List<(ServiceBusSessionReceiver Receiver, ServiceBusReceivedMessage Message)> _out = [];
        private readonly List<string> _completed = [];
        private readonly List<string> _dead = [];
        private int _ids;

        public async Task StepAsync()
        {
            RunOutLocks();
            switch (random.Next(14))
            {
                case < 4:
                    await SendAsync();
                    break;
                case 4 or 5:
                    await AcceptAsync();
                    break;
                case < 9:
                    await ReceiveAsync();
                    break;
                case < 11:
                    await SettleAsync();
                    break;
                case 11:
                    await RenewOrStateAsync();
                    break;
                case 12:
                    await CloseAsync();
                    break;
                default:
                    broker.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 20)));
                    break;
            }
        }

        /// <summary>Everything sent is completed, dead-lettered or still there.</summary>
        public async Task EndAsync()
        {
            RunOutLocks();
            var counts = (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value;
            Assert.Equal(_sessions.Values.Sum(session => session.Entries.Count), counts.ActiveMessageCount);
            Assert.Equal(_dead.Count, counts.DeadLetterMessageCount);
            Assert.Equal(_ids, counts.TotalMessageCount + _completed.Count);
            await using var deadLetters = broker.Client.CreateReceiver("q/$DeadLetterQueue");
            Assert.Equal(_dead.Order(), (await deadLetters.PeekMessagesAsync(1000)).Select(message => message.MessageId).Order());
        }

        private void RunOutLocks()
        {
            foreach (var session in _sessions.Values.Where(
                session => session.Holder is not null && session.Until <= broker.Time.GetUtcNow()))
                Release(session, counts: true);
        }

        private void Release(ModelSession session, bool counts)
        {
            session.Holder = null;
            foreach (var entry in session.Entries.Where(entry => entry.Out).ToList())
            {
                entry.Out = false;
                entry.Deliveries += counts ? 1 : 0;
                if (entry.Deliveries >= 4)
                    Bury(session, entry);
            }
        }

        private void Bury(ModelSession session, ModelEntry entry)
        {
            session.Entries.Remove(entry);
            _dead.Add(entry.Id);
        }

        private async Task SendAsync()
        {
            var session = SessionIds[random.Next(SessionIds.Length)];
            var id = $"m{_ids++}";
            await using var sender = broker.Client.CreateSender("q");
            await sender.SendMessageAsync(new ServiceBusMessage(id) { MessageId = id, SessionId = session });
            _sessions[session].Entries.Add(new ModelEntry(id));
        }

        private async Task AcceptAsync()
        {
            if (random.Next(2) == 0)
            {
                var id = SessionIds[random.Next(SessionIds.Length)];
                if (_sessions[id].Holder is not null)
                {
                    var taken = await Assert.ThrowsAsync<ServiceBusException>(() => broker.Client.AcceptSessionAsync("q", id));
                    Assert.Equal(ServiceBusFailureReason.SessionCannotBeLocked, taken.Reason);
                    return;
                }
                Hold(await broker.Client.AcceptSessionAsync("q", id));
            }
            else if (_sessions.Values.Any(session => session.Holder is null && session.Entries.Count > 0))
            {
                var oldest = _sessions.Where(pair => pair.Value.Holder is null && pair.Value.Entries.Count > 0)
                    .MinBy(pair => int.Parse(pair.Value.Entries[0].Id[1..])).Key;
                var receiver = await broker.Client.AcceptNextSessionAsync("q");
                Assert.Equal(oldest, receiver.SessionId);
                Hold(receiver);
            }
        }

        private void Hold(ServiceBusSessionReceiver receiver)
        {
            _receivers.Add(receiver);
            _sessions[receiver.SessionId].Holder = receiver;
            _sessions[receiver.SessionId].Until = broker.Time.GetUtcNow() + LockDuration;
        }

        private async Task ReceiveAsync()
        {
            if (_receivers.Count == 0)
                return;
            var receiver = _receivers[random.Next(_receivers.Count)];
            var session = _sessions[receiver.SessionId];
            if (session.Holder != receiver)
            {
                await LostAsync(() => receiver.ReceiveMessagesAsync(1));
                return;
            }
            var expected = session.Entries.Where(entry => !entry.Out).Take(2).ToList();
            if (expected.Count == 0)
                return;
            var messages = await receiver.ReceiveMessagesAsync(2);
            Assert.Equal(
                expected.Select(entry => (entry.Id, entry.Deliveries + 1)),
                messages.Select(message => (message.MessageId, message.DeliveryCount)));
            expected.ForEach(entry => entry.Out = true);
            _out.AddRange(messages.Select(message => (receiver, message)));
        }

        private async Task SettleAsync()
        {
            if (_out.Count == 0)
                return;
            var index = random.Next(_out.Count);
            var (receiver, message) = _out[index];
            _out.RemoveAt(index);
            var session = _sessions[receiver.SessionId];
            if (receiver.IsClosed)
                return;
            if (session.Holder != receiver)
            {
                await LostAsync(() => receiver.CompleteMessageAsync(message));
                return;
            }
            var entry = session.Entries.Single(candidate => candidate.Id == message.MessageId);
            if (random.Next(3) > 0)
            {
                await receiver.CompleteMessageAsync(message);
                session.Entries.Remove(entry);
                _completed.Add(entry.Id);
                return;
            }
            await receiver.AbandonMessageAsync(message);
            entry.Out = false;
            if (++entry.Deliveries >= 4)
                Bury(session, entry);
        }

        private async Task RenewOrStateAsync()
        {
            if (_receivers.Count == 0)
                return;
            var receiver = _receivers[random.Next(_receivers.Count)];
            var session = _sessions[receiver.SessionId];
            if (session.Holder != receiver)
            {
                await LostAsync(() => receiver.RenewSessionLockAsync());
                return;
            }
            await receiver.RenewSessionLockAsync();
            session.Until = broker.Time.GetUtcNow() + LockDuration;
            Assert.Equal(session.Until, receiver.SessionLockedUntil);
            Assert.Equal(session.State, (await receiver.GetSessionStateAsync())?.ToString());
            session.State = $"{random.Next()}";
            await receiver.SetSessionStateAsync(BinaryData.FromString(session.State));
        }

        private async Task CloseAsync()
        {
            if (_receivers.Count == 0)
                return;
            var index = random.Next(_receivers.Count);
            var receiver = _receivers[index];
            _receivers.RemoveAt(index);
            await receiver.DisposeAsync();
            if (_sessions[receiver.SessionId].Holder == receiver)
                Release(_sessions[receiver.SessionId], counts: false);
        }

        private static async Task LostAsync(Func<Task> operation) =>
            Assert.Equal(ServiceBusFailureReason.SessionLockLost, (await Assert.ThrowsAsync<ServiceBusException>(operation)).Reason);
    }
}
