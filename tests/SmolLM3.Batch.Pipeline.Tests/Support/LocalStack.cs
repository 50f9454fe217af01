using System.Text;
using Azure.Core;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Messages;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Serialization;
using SmolLM3.Local.BlobServer;

namespace SmolLM3.Batch.Pipeline.Tests.Support;

/// <summary>A blob server and a broker of one test, with the pipeline's containers and queues, and processes over them.</summary>
internal sealed class LocalStack : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pipeline").FullName;
    private readonly List<IAsyncDisposable> _processes = [];
    private BlobServerHost? _blobs;

    public string ServiceBus => $"Endpoint={new Uri(Path.Combine(_folder, "servicebus.db")).AbsoluteUri}";

    public string Storage => _blobs!.ConnectionString;

    public BlobServiceClient Blobs { get; private set; } = null!;

    public ServiceBusClient Bus { get; private set; } = null!;

    public ManualTime Time { get; } = new();

    public static async Task<LocalStack> StartAsync(TimeSpan? lockDuration = null, int workDeliveries = 1000)
    {
        var stack = new LocalStack();
        stack._blobs = await BlobServerHost.StartAsync(new BlobServerOptions
        {
            Folder = Path.Combine(stack._folder, "blobs"), Port = 0, Containers = ContainerNames.All,
        });
        stack.Blobs = new BlobServiceClient(stack.Storage);
        stack.Bus = new ServiceBusClient(stack.ServiceBus);
        var admin = new ServiceBusAdministrationClient(stack.ServiceBus);
        foreach (var queue in QueueNames.All)
        {
            await admin.CreateQueueAsync(new CreateQueueOptions(queue)
            {
                LockDuration = lockDuration ?? TimeSpan.FromMinutes(5),
                RequiresDuplicateDetection = true,
                DuplicateDetectionHistoryTimeWindow = TimeSpan.FromMinutes(10),
                RequiresSession = queue == QueueNames.Events,
                MaxDeliveryCount = queue == QueueNames.Work ? workDeliveries : 10,
            });
        }
        return stack;
    }

    /// <summary>Storage that nobody answers for.</summary>
    public static BlobServiceClient Unreachable { get; } = new(
        "DefaultEndpointsProtocol=http;AccountName=gone;AccountKey=AAAA;BlobEndpoint=http://127.0.0.1:1/gone",
        new BlobClientOptions { Retry = { MaxRetries = 1, Delay = TimeSpan.FromMilliseconds(1) } });

    public IConfiguration Configuration(params (string Key, string Value)[] settings) => new ConfigurationBuilder().AddInMemoryCollection(
        new Dictionary<string, string?> { ["ServiceBus"] = ServiceBus, ["Storage"] = Storage }
            .Concat(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)))).Build();

    /// <summary>A process: its own services over the shared storage and queues, dying as planned.</summary>
    public ServiceProvider Process(
        ILanguageModel? model = null, CrashPlan? plan = null, TimeProvider? time = null, BlobServiceClient? storage = null,
        IMessageSender? sender = null, params (string Key, string Value)[] settings)
    {
        var configuration = Configuration(settings);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(configuration);
        services.AddSingleton(time ?? Time);
        if (storage is not null)
            services.AddSingleton(storage);
        if (sender is not null)
            services.AddSingleton(sender);
        if (plan is not null)
        {
            var options = new BlobClientOptions();
            options.AddPolicy(new CrashPolicy(plan), HttpPipelinePosition.PerCall);
            services.AddSingleton(new BlobServiceClient(Storage, options));
            services.AddSingleton<IMessageSender>(
                provider => new CrashSender(new ServiceBusMessageSender(provider.GetRequiredService<ServiceBusClient>()), plan));
        }
        services.AddSmolLM3Pipeline(configuration);
        if (model is not null)
        {
            services.AddSingleton(model);
            services.AddSmolLM3Work();
        }
        return Own(services.BuildServiceProvider());
    }

    /// <summary>Ends a process with the stack.</summary>
    public ServiceProvider Own(ServiceProvider process)
    {
        lock (_processes)
            _processes.Add(process);
        return process;
    }

    public async Task UploadAsync(string name, string content, IDictionary<string, string>? metadata = null) =>
        await Blobs.GetBlobContainerClient(ContainerNames.Documents).GetBlobClient(name)
            .UploadAsync(BinaryData.FromString(content), new BlobUploadOptions { Metadata = metadata });

    public async Task<string> ETagAsync(string name) =>
        (await Blobs.GetBlobContainerClient(ContainerNames.Documents).GetBlobClient(name).GetPropertiesAsync()).Value.ETag.ToString()
            .Trim('"');

    /// <summary>The announcement of a blob as Event Grid sends it.</summary>
    public async Task<Delivery> AnnounceAsync(string name, string? etag = null) => new(Encoding.UTF8.GetBytes($$$"""
        {"specversion":"1.0","type":"Microsoft.Storage.BlobCreated","source":"x","id":"{{{name}}}","time":"2026-03-01T12:00:00Z",
         "subject":"/blobServices/default/containers/documents/blobs/{{{name}}}","data":{"api":"PutBlob","eTag":"{{{etag ?? await ETagAsync(name)}}}"}}
        """), "event-1", 1, 7);

    public static Delivery Work(JobId id, int deliveryCount = 1) =>
        new(
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new WorkMessage(id), BatchJson.Default.WorkMessage), id.ToString(),
            deliveryCount);

    public async Task<List<string>> BlobNamesAsync(string container, string? prefix = null)
    {
        var names = new List<string>();
        await foreach (var blob in Blobs.GetBlobContainerClient(container).GetBlobsAsync(prefix: prefix))
            names.Add(blob.Name);
        return names;
    }

    public async Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekAsync(string queue, SubQueue subQueue = SubQueue.None)
    {
        await using var receiver = Bus.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = subQueue });
        return await receiver.PeekMessagesAsync(250, 0);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        await Bus.DisposeAsync();
        await _blobs!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
