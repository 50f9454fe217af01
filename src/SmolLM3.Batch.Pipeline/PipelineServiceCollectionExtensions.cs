using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Tasks;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Registers the pipeline's services.</summary>
public static class PipelineServiceCollectionExtensions
{
    /// <summary>
    /// The services that functions and workers share, over the connections <c>ServiceBus</c> and <c>Storage</c> of
    /// <paramref name="configuration"/>.
    /// </summary>
    public static IServiceCollection AddSmolLM3Pipeline(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PipelineOptions>().Bind(configuration.GetSection(PipelineOptions.Section)).ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<OutboundOptions>().Bind(configuration.GetSection(OutboundOptions.Section)).ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<BatchOptions>().Bind(configuration.GetSection(BatchOptions.Section)).ValidateDataAnnotations()
            .ValidateOnStart();

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(RandomNumberGenerator.Create());
        services.TryAddSingleton(TaskCatalog.Default);
        services.TryAddSingleton(_ => Connections.CreateServiceBusClient(configuration));
        services.TryAddSingleton(_ => Connections.CreateBlobServiceClient(configuration));
        services.TryAddSingleton<IMessageSender, ServiceBusMessageSender>();
        services.TryAddSingleton<IWorkQueueInspector, WorkQueueInspector>();

        services.AddMetrics();
        services.AddSingleton<PipelineTelemetry>();
        services.AddHostedService<TelemetryExporter>();

        services.AddSingleton<RedeliverySchedule>();
        services.AddSingleton<MessageHandling>();

        services.AddSingleton<JobContainers>();
        services.AddSingleton<JobStore>();
        services.AddSingleton<ResultStore>();
        services.AddSingleton<CheckpointStore>();
        services.AddSingleton<JobMessages>();
        services.AddSingleton<JobFinisher>();
        services.AddSingleton<JobNotifier>();
        services.AddSingleton<JobDirectory>();
        services.AddSingleton<JobClaims>();

        services.AddSingleton<OutboundPolicy>();
        services.AddSingleton<OutboundHttp>();
        services.AddSingleton<DocumentResolver>();
        services.AddSingleton<RequestValidator>();
        services.AddSingleton<JobIds>();
        services.AddSingleton<JobIntake>();
        services.AddSingleton<MessageIntake>();
        services.AddSingleton<UploadIntake>();

        services.AddSingleton<BatchStore>();
        services.AddSingleton<FileStore>();
        services.AddSingleton<ShardReader>();
        services.AddSingleton<ShardSalvage>();
        services.AddSingleton<BatchOutput>();
        services.AddSingleton<BatchService>();
        services.AddSingleton<EventHandling>();

        services.AddSingleton<Reconciler>();
        services.AddSingleton<DeadLetterHandling>();
        services.AddSingleton<DeadLetterDrain>();
        return services;
    }

    /// <summary>The services of a worker besides: they need an <see cref="Generation.ILanguageModel"/>.</summary>
    public static IServiceCollection AddSmolLM3Work(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new DocumentReader(
            Limits(
                provider.GetRequiredService<IConfiguration>(),
                provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<OutboundOptions>>().Value),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DocumentFetcher>();
        services.AddSingleton<ComputeMeter>();
        services.AddSingleton<CompletionGate>();
        services.AddSingleton<IJobRunner, DocumentRunner>();
        services.AddSingleton<IJobRunner, ShardRunner>();
        services.AddSingleton<JobAttempts>();
        services.AddSingleton<WorkProcessor>();
        return services;
    }

    /// <summary>What reading a document may cost. The bound on its bytes is that of fetching it.</summary>
    internal static DocumentLimits Limits(IConfiguration configuration, OutboundOptions outbound)
    {
        var limits = configuration.GetSection("Documents").Get<DocumentLimits>() ?? new DocumentLimits();
        limits = limits with { MaxBytes = outbound.MaxDocumentBytes };
        limits.Validate();
        return limits;
    }
}
