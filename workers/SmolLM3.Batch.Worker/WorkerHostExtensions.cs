using Microsoft.Extensions.Options;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Pipeline;

namespace SmolLM3.Batch.Worker;

/// <summary>Puts a worker together.</summary>
public static class WorkerHostExtensions
{
    /// <summary>Adds the pipeline, the model and the loop that takes work.</summary>
    public static WebApplicationBuilder AddSmolLM3Worker(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<WorkerOptions>().Bind(builder.Configuration.GetSection(WorkerOptions.Section)).ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<ModelOptions>().Bind(builder.Configuration.GetSection(ModelOptions.Section)).ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<HostOptions>().Configure<IOptions<WorkerOptions>>((host, worker) =>
            host.ShutdownTimeout = worker.Value.ShutdownGrace + TimeSpan.FromSeconds(3));

        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Azure", LogLevel.Warning);

        services.AddSmolLM3Pipeline(builder.Configuration).AddSmolLM3Work();
        services.AddSingleton<CheckpointSources>();
        services.AddSingleton<ModelHost>();
        services.AddSingleton<IModelLoader>(provider => provider.GetRequiredService<ModelHost>());
        services.AddSingleton<ILanguageModel>(provider => provider.GetRequiredService<ModelHost>());
        services.AddSingleton<WorkerStatus>();
        services.AddHostedService<WorkerService>();

        var health = builder.Configuration.GetSection(WorkerOptions.Section).Get<WorkerOptions>() ?? new WorkerOptions();
        builder.WebHost.UseUrls($"http://{health.HealthAddress}:{health.HealthPort}");
        return builder;
    }
}
