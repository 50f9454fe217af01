using System.Reflection;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Builds one process that is both the Functions host and its worker.</summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly InvocationPipeline _pipeline = new();
    private bool _built;

    internal FunctionsApplicationBuilder(string[]? args, Assembly functions, string root)
    {
        _host = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = args,
            ContentRootPath = root,
            ApplicationName = functions.GetName().Name,
        });
        LocalSettings.AddTo(_host.Configuration, root);
        var hostJson = HostJson.Load(root, _host.Configuration);
        // Every invocation is logged; two more lines from ASP.NET Core for each request would repeat it. host.json can ask for them.
        _host.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        _host.Logging.AddConfiguration(hostJson.Logging);

        Services.AddSingleton(hostJson);
        Services.AddSingleton(_pipeline);
        Services.AddSingleton(new FunctionsAssembly(functions));
        Services.AddSingleton<IFunctionsWorkerApplicationBuilder>(this);
        Services.AddSingleton<SettingResolver>();
        Services.AddSingleton<FunctionInvoker>();
    }

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_host).Properties;

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    public ConfigurationManager Configuration => _host.Configuration;

    public IHostEnvironment Environment => _host.Environment;

    public ILoggingBuilder Logging => _host.Logging;

    public IMetricsBuilder Metrics => _host.Metrics;

    public IServiceCollection Services => _host.Services;

    public IHost Build()
    {
        RequireUnbuilt();
        _built = true;
        // Last, so that triggers start after the application's own services and stop before them.
        Services.AddHostedService<FunctionsHostService>();
        return _host.Build();
    }

    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull =>
        _host.ConfigureContainer(factory, configure);

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        RequireUnbuilt();
        _pipeline.Add(middleware);
        return this;
    }

    private void RequireUnbuilt()
    {
        if (_built)
            throw new InvalidOperationException("The application has already been built.");
    }
}
