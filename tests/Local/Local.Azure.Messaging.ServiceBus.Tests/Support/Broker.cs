using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;

namespace Local.Azure.Messaging.ServiceBus.Tests.Support;

/// <summary>A broker file of one test, a client with a manual clock, and one without.</summary>
internal sealed class Broker : IAsyncDisposable
{
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("broker").FullName;

    public Broker()
    {
        Client = new ServiceBusClient(ConnectionString, new ServiceBusClientOptions { Time = Time });
        Admin = new ServiceBusAdministrationClient(ConnectionString, new ServiceBusAdministrationClientOptions { Time = Time });
    }

    public ManualTimeProvider Time { get; } = new();

    public ServiceBusClient Client { get; }

    public ServiceBusAdministrationClient Admin { get; }

    public string File => Path.Combine(_folder, "servicebus.db");

    public string ConnectionString => $"Endpoint={new Uri(File).AbsoluteUri};SharedAccessKeyName=ignored;SharedAccessKey=abc=";

    public static async Task<Broker> WithQueueAsync(string name = "q", Action<CreateQueueOptions>? configure = null)
    {
        var broker = new Broker();
        await broker.CreateQueueAsync(name, configure);
        return broker;
    }

    public async Task CreateQueueAsync(string name, Action<CreateQueueOptions>? configure = null)
    {
        var options = new CreateQueueOptions(name);
        configure?.Invoke(options);
        await Admin.CreateQueueAsync(options);
    }

    public async Task SendAsync(string queue, params string[] bodies)
    {
        await using var sender = Client.CreateSender(queue);
        await sender.SendMessagesAsync(bodies.Select(body => new ServiceBusMessage(body) { MessageId = body }));
    }

    /// <summary>What can be received within a millisecond of the manual clock, which is moved until that is over.</summary>
    public async Task<ServiceBusReceivedMessage?> TryReceiveAsync(ServiceBusReceiver receiver)
    {
        var receiving = receiver.ReceiveMessageAsync(TimeSpan.FromMilliseconds(1));
        while (!receiving.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.WhenAny(receiving, Task.Delay(1));
        }
        return await receiving;
    }

    public async Task<ServiceBusReceivedMessage> ReceiveAsync(ServiceBusReceiver receiver) =>
        await receiver.ReceiveMessageAsync(Soon).WaitAsync(Soon) ?? throw new InvalidOperationException("No message came.");

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
