using Azure.Messaging.ServiceBus;
using Local.Azure.Messaging.ServiceBus.Tests.Support;

namespace Local.Azure.Messaging.ServiceBus.Tests.Model;

/// <summary>Long random sequences of operations, each answered by the broker as by the model.</summary>
public sealed class RandomOperationsTests
{
    private static readonly TimeSpan LockDuration = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public async Task AnySequenceOfOperations_AnswersAsTheModel(int seed, bool deadLetterOnExpiry)
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue =>
        {
            queue.LockDuration = LockDuration;
            queue.MaxDeliveryCount = 3;
            queue.RequiresDuplicateDetection = true;
            queue.DuplicateDetectionHistoryTimeWindow = TimeSpan.FromMinutes(2);
            queue.DeadLetteringOnMessageExpiration = deadLetterOnExpiry;
        });
        var run = new Run(broker, new ModelQueue(LockDuration, 3, TimeSpan.FromMinutes(2), deadLetterOnExpiry), new Random(seed));
        for (var step = 0; step < 400; step++)
            await run.StepAsync();
        await run.CompareAsync();
    }

    private sealed class Run(Broker broker, ModelQueue model, Random random)
    {
        private readonly ServiceBusSender _sender = broker.Client.CreateSender("q");
        private readonly ServiceBusReceiver _receiver = broker.Client.CreateReceiver("q");
        private readonly ServiceBusReceiver _deadLetters = broker.Client.CreateReceiver("q/$DeadLetterQueue");
        private readonly List<(ServiceBusReceivedMessage Real, ModelLock Model, ServiceBusReceiver Receiver)> _held = [];
        private readonly List<long> _scheduled = [];
        private readonly List<long> _deferred = [];
        private int _ids;

        public async Task StepAsync()
        {
            model.Now = broker.Time.GetUtcNow();
            switch (random.Next(20))
            {
                case < 5:
                    await SendAsync();
                    break;
                case < 9:
                    await ReceiveAsync(_receiver, deadLetters: false);
                    break;
                case 9:
                    await ReceiveAsync(_deadLetters, deadLetters: true);
                    break;
                case < 15:
                    await SettleAsync();
                    break;
                case 15:
                    await CancelAsync();
                    break;
                case 16:
                    await ReceiveDeferredAsync();
                    break;
                case 17:
                    await CompareAsync();
                    break;
                default:
                    broker.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 25)));
                    break;
            }
        }

        public async Task CompareAsync()
        {
            model.Now = broker.Time.GetUtcNow();
            foreach (var (receiver, dead) in new[] { (_receiver, false), (_deadLetters, true) })
            {
                var real = await receiver.PeekMessagesAsync(1000, fromSequenceNumber: 0);
                var expected = model.All.Where(message => message.Dead == dead).OrderBy(message => message.Sequence).ToList();
                Assert.Equal(
                    expected.Select(message => (message.Id, message.Sequence, message.State, message.Deliveries, message.Reason)),
                    real.Select(message => (
                        message.MessageId, message.SequenceNumber, message.State, message.DeliveryCount, message.DeadLetterReason))!);
            }
            var counts = (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value;
            Assert.Equal(model.All.Count(message => message is { Dead: false, Scheduled: false }), counts.ActiveMessageCount);
            Assert.Equal(model.All.Count(message => message.Scheduled), counts.ScheduledMessageCount);
            Assert.Equal(model.All.Count(message => message.Dead), counts.DeadLetterMessageCount);
        }

        private async Task SendAsync()
        {
            // Now and then an id again, for the duplicate detection.
            var id = random.Next(4) == 0 && _ids > 0 ? $"m{random.Next(_ids)}" : $"m{_ids++}";
            var timeToLive = random.Next(3) == 0 ? TimeSpan.FromSeconds(random.Next(5, 120)) : TimeSpan.MaxValue;
            DateTimeOffset? due = random.Next(4) == 0 ? broker.Time.GetUtcNow() + TimeSpan.FromSeconds(random.Next(-5, 60)) : null;
            var message = new ServiceBusMessage(id) { MessageId = id, TimeToLive = timeToLive };
            var expected = model.Send(id, timeToLive, due);
            if (due is null)
            {
                await _sender.SendMessageAsync(message);
                return;
            }
            Assert.Equal(expected, await _sender.ScheduleMessageAsync(message, due.Value));
            _scheduled.Add(expected);
        }

        private async Task ReceiveAsync(ServiceBusReceiver receiver, bool deadLetters)
        {
            var count = random.Next(1, 4);
            var expected = model.Receive(count, deadLetters);
            // The wait of an empty receive would need the clock to move; the counts of the comparison cover that case.
            if (expected.Count == 0)
                return;
            Hold(expected, await receiver.ReceiveMessagesAsync(count, TimeSpan.FromSeconds(1)), receiver);
        }

        private async Task ReceiveDeferredAsync()
        {
            if (_deferred.Count == 0)
                return;
            var sequence = _deferred[random.Next(_deferred.Count)];
            if (model.ReceiveDeferred(sequence) is { } expected)
                Hold([expected], [await _receiver.ReceiveDeferredMessageAsync(sequence)], _receiver);
            else
                await FailsAsync(ServiceBusFailureReason.MessageNotFound, () => _receiver.ReceiveDeferredMessageAsync(sequence));
        }

        private void Hold(IReadOnlyList<ModelMessage> expected, IReadOnlyList<ServiceBusReceivedMessage> real, ServiceBusReceiver receiver)
        {
            Assert.Equal(
                expected.Select(message => (message.Id, message.Sequence, message.Deliveries + 1, message.LockedUntil!.Value)),
                real.Select(message => (message.MessageId, message.SequenceNumber, message.DeliveryCount, message.LockedUntil)));
            _held.AddRange(real.Zip(expected, (message, modelled) => (message, modelled.Lock!, receiver)));
        }

        private async Task SettleAsync()
        {
            if (_held.Count == 0)
                return;
            var index = random.Next(_held.Count);
            var (real, held, receiver) = _held[index];
            switch (random.Next(6))
            {
                case 0 or 1:
                    await AnswersAsync(model.Complete(held), () => receiver.CompleteMessageAsync(real));
                    break;
                case 2:
                    await AnswersAsync(model.Abandon(held), () => receiver.AbandonMessageAsync(real));
                    break;
                case 3 when receiver == _receiver:
                    var deferred = model.Defer(held);
                    await AnswersAsync(deferred, () => receiver.DeferMessageAsync(real));
                    if (deferred)
                        _deferred.Add(real.SequenceNumber);
                    break;
                case 4 when receiver == _receiver:
                    await AnswersAsync(model.DeadLetter(held, "ours"), () => receiver.DeadLetterMessageAsync(real, "ours"));
                    break;
                default:
                    await AnswersAsync(model.Renew(held), () => receiver.RenewMessageLockAsync(real));
                    return;
            }
            // Some are kept, to be settled a second time.
            if (random.Next(3) > 0)
                _held.RemoveAt(index);
        }

        private async Task CancelAsync()
        {
            if (_scheduled.Count == 0)
                return;
            var sequence = _scheduled[random.Next(_scheduled.Count)];
            if (model.Cancel(sequence))
                await _sender.CancelScheduledMessageAsync(sequence);
            else
                await FailsAsync(ServiceBusFailureReason.MessageNotFound, () => _sender.CancelScheduledMessageAsync(sequence));
        }

        private static Task AnswersAsync(bool succeeds, Func<Task> operation) =>
            succeeds ? operation() : FailsAsync(ServiceBusFailureReason.MessageLockLost, operation);

        private static async Task FailsAsync(ServiceBusFailureReason reason, Func<Task> operation) =>
            Assert.Equal(reason, (await Assert.ThrowsAsync<ServiceBusException>(operation)).Reason);
    }
}
