using System.Reflection;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Local.Microsoft.Azure.Functions.Worker.Tests;

/// <summary>The functions of this assembly in a host of their own: a free port, a broker file, a folder with host.json.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private static readonly string[] Queues = ["plain", "manual", "typed", "binary", "batched"];
    private readonly string _folder = Directory.CreateTempSubdirectory("functions").FullName;
    private IHost? _host;

    public TestSignals Signals { get; } = new();

    public string ConnectionString => $"Endpoint={new Uri(Path.Combine(_folder, "servicebus.db")).AbsoluteUri}";

    public HttpClient Http { get; } = new();

    public ServiceBusClient Client { get; private set; } = null!;

    public ServiceBusAdministrationClient Admin { get; private set; } = null!;

    public static async Task<TestHost> StartAsync(
        string? hostJson = null, string? localSettings = null, Action<FunctionsApplicationBuilder>? configure = null,
        Assembly? functions = null,
        Dictionary<string, string?>? settings = null)
    {
        var test = new TestHost();
        await test.CreateQueuesAsync();
        if (hostJson is not null)
            await File.WriteAllTextAsync(Path.Combine(test._folder, "host.json"), hostJson);
        if (localSettings is not null)
            await File.WriteAllTextAsync(Path.Combine(test._folder, "local.settings.json"), localSettings);

        var builder = FunctionsApplication.CreateBuilder([], functions ?? typeof(TestHost).Assembly, test._folder);
        builder.ConfigureFunctionsWebApplication();
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>
        {
            ["ServiceBus"] = test.ConnectionString,
            ["PlainQueue"] = "plain",
            ["RouteName"] = "chosen",
            ["TimerSchedule"] = "0 0 0 1 1 *",
        });
        builder.Configuration.AddInMemoryCollection(
            [new("ASPNETCORE_URLS", "http://127.0.0.1:0"), new("ServiceBusOfTest", test.ConnectionString)]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(test.Signals);
        builder.Services.AddScoped<ScopedCounter>();
        configure?.Invoke(builder);
        test._host = builder.Build();

        var (listed, lines) = await CaptureAsync(() => test._host.StartAsync());
        test.Listed = listed;
        var url = lines.Select(line => line.IndexOf("http://", StringComparison.Ordinal) is >= 0 and var at ? line[at..] : null)
            .FirstOrDefault(text => text is not null);
        if (url is not null)
            test.Http.BaseAddress = new Uri(new Uri(url.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal)).GetLeftPart(UriPartial.Authority));
        return test;
    }

    /// <summary>What was printed at the start.</summary>
    public string Listed { get; private set; } = "";

    public async Task SendAsync(string queue, string body, string? session = null)
    {
        await using var sender = Client.CreateSender(queue);
        await sender.SendMessageAsync(new ServiceBusMessage(body) { MessageId = body, SessionId = session });
    }

    public async Task<QueueRuntimeProperties> CountsAsync(string queue) => (await Admin.GetQueueRuntimePropertiesAsync(queue)).Value;

    public Task UntilEmptyAsync(string queue) =>
        Signals.UntilAsync(() => CountsAsync(queue).GetAwaiter().GetResult().TotalMessageCount == 0, $"an empty queue {queue}");

    public async Task StopAsync(TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        await _host!.StopAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Signals.Finish.TrySetResult();
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }
        await Client.DisposeAsync();
        Http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<(string Text, string[] Lines)> CaptureAsync(Func<Task> action)
    {
        // Console.Out is one for the process, and the classes of this assembly run one after another.
        var before = Console.Out;
        await using var writer = new StringWriter();
        Console.SetOut(writer);
        try
        {
            await action();
        }
        finally
        {
            Console.SetOut(before);
        }
        return (writer.ToString(), writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    private async Task CreateQueuesAsync()
    {
        Client = new ServiceBusClient(ConnectionString);
        Admin = new ServiceBusAdministrationClient(ConnectionString);
        foreach (var queue in Queues)
            await Admin.CreateQueueAsync(new CreateQueueOptions(queue) { MaxDeliveryCount = 2 });
        await Admin.CreateQueueAsync(new CreateQueueOptions("sessions") { RequiresSession = true });
    }
}
