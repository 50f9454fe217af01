using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.ServiceBus;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

[assembly: TriggerExtension(typeof(ServiceBusTriggerAttribute), typeof(ServiceBusTriggerHost))]

namespace Microsoft.Azure.Functions.Worker.Extensions.ServiceBus;

/// <summary>Listens to the queues of the functions with a Service Bus trigger.</summary>
internal sealed class ServiceBusTriggerHost(
    IConfiguration configuration, HostJson hostJson, SettingResolver settings, FunctionInvoker invoker,
    ILoggerFactory loggers) : TriggerHost
{
    private readonly ServiceBusConnections _connections = new(configuration);
    private readonly ServiceBusHostOptions _options = ServiceBusHostOptions.From(hostJson);
    private readonly List<ServiceBusListener> _listeners = [];

    public override async Task StartAsync(IReadOnlyList<FunctionMethod> functions, CancellationToken cancellationToken)
    {
        _listeners.AddRange(functions.Select(Listen).ToList());
        foreach (var listener in _listeners)
            await listener.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_listeners.Select(listener => listener.StopAsync(cancellationToken))).ConfigureAwait(false);
        await _connections.DisposeAsync().ConfigureAwait(false);
    }

    private ServiceBusListener Listen(FunctionMethod function)
    {
        var trigger = (ServiceBusTriggerAttribute)function.Trigger;
        try
        {
            var entityPath = settings.Resolve(trigger.QueueName ?? "");
            var client = _connections.Get(trigger.Connection is null ? null : settings.Resolve(trigger.Connection));
            var autoComplete = function.TryGetSetting<bool>(nameof(trigger.AutoCompleteMessages), out var chosen)
                ? chosen
                : _options.AutoCompleteMessages;
            var logger = loggers.CreateLogger($"Host.Triggers.ServiceBus.{function.Name}");
            if (trigger.IsBatched && trigger.IsSessionsEnabled)
                throw new NotSupportedException(
                    "The local host gives a function with sessions one message at a time: leave IsBatched unset.");
            if (trigger.IsBatched)
                return new BatchListener(function, client, entityPath, autoComplete, _options, invoker, logger);
            return trigger.IsSessionsEnabled
                ? new SessionListener(function, client, entityPath, autoComplete, _options, invoker, logger)
                : new MessageListener(function, client, entityPath, autoComplete, _options, invoker, logger);
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException or FormatException or NotSupportedException)
        {
            throw new InvalidOperationException($"The function '{function.Name}' is in error: {failure.Message}", failure);
        }
    }
}
